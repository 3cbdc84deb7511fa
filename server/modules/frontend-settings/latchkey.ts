import type { Grants } from '../../access/evaluate.ts';
import type { Context, RequestContext } from '../../context.ts';
import { findOrg } from '../orgs/orgs.ts';
import { SHORTEST_PASSWORD } from '../users/passwords.ts';

// On everything of a kind, on whatever there is, or what there is only one of.
const ON_ALL = /^(|\*|[^:]+:\*|permissions:.*)$/;

/** What Grafana's settings have no place for, and a page needs for its menus and forms. It only shows; the guard decides. */
export async function latchkeyFor(context: RequestContext) {
  const { actor } = context;
  const org = await findOrg(context, actor.orgId);
  return {
    ...ofServer(context),
    apiKeysHidden: org?.hides_api_keys === 1,
    keysMigrated: org !== undefined && org.keys_migrated_at !== null,
    orgActions: actionsOnAll(actor.grants),
    serverActions: actionsOnAll(actor.serverGrants),
  };
}

/** The same before somebody has signed in. */
export function latchkeyForNobody(context: Context) {
  const nothing: Record<string, boolean> = {};
  return {
    ...ofServer(context),
    apiKeysHidden: false,
    keysMigrated: false,
    orgActions: nothing,
    serverActions: nothing,
  };
}

function ofServer({ config }: Context) {
  const { auth, access_control } = config;
  return {
    apiKeyMaxSecondsToLive: auth.api_key_max_seconds_to_live,
    tokenMaxSecondsToLive: auth.auth_token_max_seconds_to_live,
    passwordMinLength: SHORTEST_PASSWORD,
    editorsCanManageKeys: access_control.editors_can_manage_keys,
    editorsCanDelete: access_control.editors_can_delete,
    basicAuth: config['auth.basic'].enabled,
    publicDashboards: config.public_dashboards.enabled,
    quotas: config.quota.enabled,
    stacks: config.cloud.enabled,
    maxDashboardBytes: config.limits.max_dashboard_bytes,
    defaultTheme: config.users.default_theme,
  };
}

function actionsOnAll(grants: Grants): Record<string, boolean> {
  const actions = [...grants].filter(([, scopes]) => [...scopes].some((scope) => ON_ALL.test(scope)));
  return Object.fromEntries(actions.map(([action]) => [action, true]));
}
