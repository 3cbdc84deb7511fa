import { holds } from '../../access/can.ts';
import type { Context, RequestContext } from '../../context.ts';
import { effectivePermissions } from '../effective-permissions/effective-permissions.ts';
import { findOrg } from '../orgs/orgs.ts';
import { looksFor } from '../preferences/preferences.ts';

/** Who asks, as a page needs it, without the address of the picture. */
export async function userOf(context: RequestContext) {
  const { principal, orgId, role } = context.actor;
  const { id, login, name, email, isServerAdmin, memberships } = principal;
  const org = await findOrg(context, orgId);
  const actions = Object.keys(await effectivePermissions(context));
  return {
    isSignedIn: true,
    id,
    login: login || name,
    email,
    name,
    orgId,
    orgName: org?.name ?? '',
    orgRole: role,
    orgCount: memberships.size,
    isGrafanaAdmin: isServerAdmin,
    ...shownLooks(context, await looksFor(context)),
    helpFlags1: 0,
    hasEditPermissionInFolders: await holds(context, 'dashboards:create'),
    permissions: Object.fromEntries(actions.map((action) => [action, true])),
  };
}

/** The same for nobody. */
export function nobody(context: Context) {
  return {
    isSignedIn: false,
    id: 0,
    login: '',
    email: '',
    name: '',
    orgId: 0,
    orgName: '',
    orgRole: '',
    orgCount: 0,
    isGrafanaAdmin: false,
    ...shownLooks(context, { theme: '', timezone: '', weekStart: '', language: '' }),
    helpFlags1: 0,
    hasEditPermissionInFolders: false,
    permissions: {},
  };
}

type Looks = Awaited<ReturnType<typeof looksFor>>;

function shownLooks({ config }: Context, looks: Looks) {
  const theme = looks.theme || config.users.default_theme;
  return {
    theme,
    lightTheme: theme === 'light',
    timezone: looks.timezone || 'browser',
    weekStart: looks.weekStart || 'browser',
    language: looks.language,
  };
}
