import { Type } from 'typebox';
import { MAIN_ORG_ID } from '../../access/basic-roles.ts';
import { signedIn } from '../../access/can.ts';
import type { Context, RequestContext } from '../../context.ts';
import type { App } from '../../http/app-type.ts';
import { contextOf } from '../../http/request.ts';
import { FreeJson } from '../../http/schemas.ts';
import { COMMIT, GRAFANA_VERSION, VERSION } from '../../http/version.ts';
import { readableDataSources } from './frontend-settings.ts';
import { latchkeyFor, latchkeyForNobody } from './latchkey.ts';

const EDITION = 'Open Source';

const DataSource = Type.Object({
  id: Type.Integer(),
  uid: Type.String(),
  type: Type.String(),
  name: Type.String(),
  access: Type.String(),
  url: Type.Optional(Type.String()),
  isDefault: Type.Boolean(),
  readOnly: Type.Boolean(),
  jsonData: FreeJson,
  meta: Type.Object({ id: Type.String(), name: Type.String(), type: Type.String() }),
});

const Actions = Type.Record(Type.String(), Type.Boolean());

/** What our own page needs besides, to draw its forms and menus right. */
const Latchkey = Type.Object({
  version: Type.String(),
  // In seconds; -1 is no limit.
  apiKeyMaxSecondsToLive: Type.Integer(),
  tokenMaxSecondsToLive: Type.Integer(),
  passwordMinLength: Type.Integer(),
  allowOrgCreate: Type.Boolean(),
  editorsCanManageKeys: Type.Boolean(),
  editorsCanDelete: Type.Boolean(),
  basicAuth: Type.Boolean(),
  publicDashboards: Type.Boolean(),
  quotas: Type.Boolean(),
  stacks: Type.Boolean(),
  maxDashboardBytes: Type.Integer(),
  defaultTheme: Type.String(),
  // Of the organization acted in.
  keysMigrated: Type.Boolean(),
  apiKeysHidden: Type.Boolean(),
  // What roles give on all there is. The user's permissions name both of these, and what is given on single objects, in one.
  orgActions: Actions,
  serverActions: Actions,
});

export const Settings = Type.Object({
  appUrl: Type.String(),
  appSubUrl: Type.String(),
  namespace: Type.String(),
  buildInfo: Type.Object({
    version: Type.String(),
    commit: Type.String(),
    edition: Type.String(),
    env: Type.String(),
    hasUpdate: Type.Boolean(),
    hideVersion: Type.Boolean(),
    latestVersion: Type.String(),
  }),
  licenseInfo: Type.Object({ edition: Type.String(), enabledFeatures: Type.Object({}) }),
  featureToggles: Type.Object({}),
  datasources: Type.Record(Type.String(), DataSource),
  defaultDatasource: Type.String(),
  allowOrgCreate: Type.Boolean(),
  authProxyEnabled: Type.Boolean(),
  ldapEnabled: Type.Boolean(),
  samlEnabled: Type.Boolean(),
  autoAssignOrg: Type.Boolean(),
  disableLoginForm: Type.Boolean(),
  disableUserSignUp: Type.Boolean(),
  viewersCanEdit: Type.Boolean(),
  rbacEnabled: Type.Boolean(),
  latchkey: Latchkey,
});

export function frontendSettingsRoutes(app: App): void {
  app.get(
    '/api/frontend/settings',
    {
      config: {
        access: signedIn('pages and clients ask what this server can do; data sources are filtered'),
      },
      schema: { response: { 200: Settings } },
    },
    (request) => settingsFor(contextOf(request)),
  );
}

/** What a page needs for whoever asks. */
export async function settingsFor(context: RequestContext) {
  const { config, actor } = context;
  const allowOrgCreate = config.users.allow_org_create || actor.serverGrants.has('orgs:create');
  return {
    ...serverSettings(context),
    namespace: namespaceOf(actor.orgId),
    ...(await readableDataSources(context)),
    allowOrgCreate,
    latchkey: { version: VERSION, allowOrgCreate, ...(await latchkeyFor(context)) },
  };
}

/** What it needs before somebody has signed in. */
export function settingsForNobody(context: Context) {
  const namespace = namespaceOf(MAIN_ORG_ID);
  return {
    ...serverSettings(context),
    namespace,
    datasources: {},
    defaultDatasource: '',
    allowOrgCreate: false,
    latchkey: { version: VERSION, allowOrgCreate: false, ...latchkeyForNobody(context) },
  };
}

// Newer Grafanas call an organization so.
function namespaceOf(orgId: number): string {
  return orgId === MAIN_ORG_ID ? 'default' : `org-${orgId}`;
}

function serverSettings({ config }: Context) {
  const { root_url } = config.server;
  return {
    appUrl: root_url,
    appSubUrl: new URL(root_url).pathname.replace(/\/$/, ''),
    buildInfo: {
      version: GRAFANA_VERSION,
      commit: COMMIT,
      edition: EDITION,
      env: config.DEFAULT.app_mode,
      hasUpdate: false,
      hideVersion: false,
      latestVersion: '',
    },
    licenseInfo: { edition: EDITION, enabledFeatures: {} },
    featureToggles: {},
    authProxyEnabled: false,
    ldapEnabled: false,
    samlEnabled: false,
    autoAssignOrg: config.users.auto_assign_org,
    disableLoginForm: false,
    disableUserSignUp: !config.users.allow_sign_up,
    viewersCanEdit: config.users.viewers_can_edit,
    rbacEnabled: true,
  };
}
