import type { FastifyServerOptions } from 'fastify';
import type { Config } from './config/config.ts';
import type { Proof } from './access/identity.ts';
import type { Context } from './context.ts';
import type { App } from './http/app-type.ts';
import { type Authenticators, authenticate, authenticateIfShown } from './http/authenticate.ts';
import { createApp, ROUTING } from './http/create-app.ts';
import { sayDeprecated } from './http/deprecation.ts';
import { enforceDomain } from './http/enforce-domain.ts';
import { handleErrors } from './http/error-handler.ts';
import { tellOfUnknownProxy, trustedProxies } from './http/forwarded.ts';
import { guardRoutes } from './http/guard.ts';
import { identifyPaying, requestLimiter } from './http/limit-requests.ts';
import { type FiguresShared, measureRequests, type Metrics } from './http/metrics.ts';
import { addressOf } from './http/request.ts';
import { logRequests } from './http/request-log.ts';
import { traceRequests } from './http/trace-requests.ts';
import type { Tracing } from './tracing/tracing.ts';
import { createRouteFinder } from './http/route-finder.ts';
import { sendSessionCookies, sessionAuthenticator } from './http/session-cookie.ts';
import { apiDocsRoutes } from './modules/api-docs/api-docs.routes.ts';
import { annotationChangesRoutes } from './modules/annotations/annotation-changes.routes.ts';
import { annotationsRoutes } from './modules/annotations/annotations.routes.ts';
import { attentionRoutes } from './modules/attention/attention.routes.ts';
import { auditRoutes } from './modules/audit/audit.routes.ts';
import { noteRequests } from './modules/audit/noted.routes.ts';
import { apiKeysRoutes } from './modules/api-keys/api-keys.routes.ts';
import { lookAtBearer, proveBearer } from './modules/authentication/bearer.ts';
import { authenticationRoutes } from './modules/authentication/authentication.routes.ts';
import { authTokensRoutes } from './modules/authentication/auth-tokens.routes.ts';
import { lookAtPassword, provePassword } from './modules/authentication/password.ts';
import { lookAtSession, proveSession } from './modules/authentication/session.ts';
import { explainRoutes } from './modules/explain/explain.routes.ts';
import { keyInventoryRoutes } from './modules/key-inventory/key-inventory.routes.ts';
import { keyMigrationRoutes } from './modules/key-migration/key-migration.routes.ts';
import { asksForPage, pageRoutes, sendPage } from './modules/page/page.routes.ts';
import { orgMembersRoutes } from './modules/orgs/org-members.routes.ts';
import { orgsRoutes } from './modules/orgs/orgs.routes.ts';
import { serviceAccountsRoutes } from './modules/service-accounts/service-accounts.routes.ts';
import { leaksRoutes } from './modules/leaks/leaks.routes.ts';
import { playlistsRoutes } from './modules/playlists/playlists.routes.ts';
import { preferencesRoutes } from './modules/preferences/preferences.routes.ts';
import { quotasRoutes } from './modules/quotas/quotas.routes.ts';
import { teamGroupsRoutes, teamMembersRoutes } from './modules/teams/team-members.routes.ts';
import { teamsRoutes } from './modules/teams/teams.routes.ts';
import { tokensRoutes } from './modules/tokens/tokens.routes.ts';
import { countRequests, usageRoutes } from './modules/usage/usage.routes.ts';
import { adminUsersRoutes } from './modules/users/admin-users.routes.ts';
import { ownAccountRoutes } from './modules/users/own-account.routes.ts';
import { usersRoutes } from './modules/users/users.routes.ts';
import { datasourcesRoutes } from './modules/datasources/datasources.routes.ts';
import { dashboardsRoutes } from './modules/dashboards/dashboards.routes.ts';
import { diffRoutes } from './modules/dashboards/diff.routes.ts';
import { importRoutes } from './modules/dashboards/import.routes.ts';
import { permissionsRoutes } from './modules/dashboards/permissions.routes.ts';
import { rateLimitsRoutes } from './modules/rate-limits/rate-limits.routes.ts';
import { resourcePermissionsRoutes } from './modules/resource-permissions/resource-permissions.routes.ts';
import { roleAssignmentsRoutes } from './modules/roles/assignments.routes.ts';
import { rolesShownRoutes } from './modules/roles/roles-shown.routes.ts';
import { rolesRoutes } from './modules/roles/roles.routes.ts';
import { starsRoutes } from './modules/dashboards/stars.routes.ts';
import { versionsRoutes } from './modules/dashboards/versions.routes.ts';
import { foldersRoutes } from './modules/folders/folders.routes.ts';
import { libraryElementsRoutes } from './modules/library-elements/library-elements.routes.ts';
import { publicDashboardsRoutes } from './modules/public-dashboards/public-dashboards.routes.ts';
import { searchRoutes } from './modules/search/search.routes.ts';
import { effectivePermissionsRoutes } from './modules/effective-permissions/effective-permissions.routes.ts';
import { bootdataRoutes } from './modules/frontend-settings/bootdata.routes.ts';
import { frontendSettingsRoutes } from './modules/frontend-settings/frontend-settings.routes.ts';
import { healthRoutes } from './modules/health/health.routes.ts';
import { metricsRoutes } from './modules/health/metrics.routes.ts';
import { serverSettingsRoutes } from './modules/server-settings/server-settings.routes.ts';
import { serverStatsRoutes } from './modules/server-stats/server-stats.routes.ts';
import { ssoSettingsRoutes } from './modules/sso-settings/sso-settings.routes.ts';
import { ApiError } from './errors.ts';

/**
 * The whole HTTP server over a context, every module by name; it listens when told to. `admit` knows whom the process itself lets in
 * besides, as the cloud side does into a stack; `more` adds what is not of every server.
 */
export async function buildApp(
  context: Context,
  tracing?: Tracing,
  shared?: FiguresShared,
  admit?: (secret: string) => Proof | undefined,
  more?: (app: App, metrics: Metrics) => void,
): Promise<App> {
  // Of workers, the process that started them says where they serve; only that is at info.
  const isQuiet = shared !== undefined && context.log.isLevelEnabled('info');
  const log = isQuiet ? context.log.child({}, { level: 'warn' }) : context.log;
  const { config } = context;
  const routing = { ...ROUTING, ...subPath(config) };
  const isProxy = trustedProxies(config);
  const app = createApp({ config, context, log, isProxy, routing });
  const authenticators: Authenticators = {
    bearer: admit
      ? (secret, asking) => admit(secret) ?? proveBearer(context, secret, addressOf(asking))
      : (secret, asking) => proveBearer(context, secret, addressOf(asking)),
    password: (login, password, asking) =>
      provePassword(context, { login, password, address: addressOf(asking) }),
    session: sessionAuthenticator(context, (secret) => proveSession(context, secret)),
  };
  const looking: Authenticators = {
    bearer: (secret, asking) => lookAtBearer(context, secret, addressOf(asking)),
    password: (login, password, asking) =>
      lookAtPassword(context, { login, password, address: addressOf(asking) }),
    session: sessionAuthenticator(context, (secret) => lookAtSession(context, secret)),
  };

  sendSessionCookies(app);
  sayDeprecated(app);
  handleErrors(app);
  traceRequests(app, tracing, isProxy);
  logRequests(app, {
    api: context.log.part('api'),
    auth: context.log.part('auth'),
  });
  tellOfUnknownProxy(app, context.log.part('auth'), isProxy);
  // Whom it turns away has an id too, under which the log tells of it.
  enforceDomain(app);
  const isStack = admit !== undefined;
  const metrics = isStack
    ? measureRequests(app, { isOneOfMany: true })
    : measureRequests(app, { tracing, shared });
  const limiter = requestLimiter(context);
  guardRoutes(app, authenticators, limiter);
  countRequests(app);
  noteRequests(app);
  app.setNotFoundHandler(async (request, reply) => {
    if (asksForPage(request)) return sendPage(request, reply);
    const identity = await identifyPaying(limiter, request, reply, () =>
      authenticate(context, authenticators, request),
    );
    if (identity !== undefined) request.identity = identity;
    throw new ApiError(404, 'not-found', 'Not found', {
      detail: 'There is no such call here: GET /api/openapi.json lists them all, and /api/docs shows them.',
    });
  });

  authenticationRoutes(app);
  orgsRoutes(app);
  orgMembersRoutes(app);
  auditRoutes(app);
  usageRoutes(app);
  rateLimitsRoutes(app);
  usersRoutes(app);
  ownAccountRoutes(app);
  adminUsersRoutes(app);
  authTokensRoutes(app);
  teamsRoutes(app);
  teamMembersRoutes(app);
  teamGroupsRoutes(app);
  preferencesRoutes(app);
  quotasRoutes(app);
  serviceAccountsRoutes(app);
  keyMigrationRoutes(app);
  keyInventoryRoutes(app);
  tokensRoutes(app);
  apiKeysRoutes(app);
  leaksRoutes(app);
  attentionRoutes(app);
  datasourcesRoutes(app);
  foldersRoutes(app);
  dashboardsRoutes(app);
  importRoutes(app);
  diffRoutes(app);
  versionsRoutes(app);
  starsRoutes(app);
  publicDashboardsRoutes(app);
  libraryElementsRoutes(app);
  annotationsRoutes(app);
  annotationChangesRoutes(app);
  playlistsRoutes(app);
  permissionsRoutes(app);
  resourcePermissionsRoutes(app);
  rolesRoutes(app);
  rolesShownRoutes(app);
  roleAssignmentsRoutes(app);
  searchRoutes(app);
  effectivePermissionsRoutes(app);
  explainRoutes(app, looking, createRouteFinder(app.routes, routing));
  frontendSettingsRoutes(app);
  bootdataRoutes(app, (request, reply) =>
    identifyPaying(limiter, request, reply, () => authenticateIfShown(context, authenticators, request)),
  );
  serverStatsRoutes(app);
  serverSettingsRoutes(app, isStack);
  ssoSettingsRoutes(app);
  healthRoutes(app, (request) => authenticateIfShown(context, authenticators, request));
  metricsRoutes(app, metrics);
  more?.(app, metrics);
  apiDocsRoutes(app);
  await pageRoutes(app);
  return app;
}

/** Has what is asked for under the path of root_url answered as if it stood at the root, where that is set. */
function subPath({ server }: Config): Pick<FastifyServerOptions, 'rewriteUrl'> {
  const path = new URL(server.root_url).pathname.replace(/\/$/, '');
  if (!server.serve_from_sub_path || path === '') return {};
  return {
    rewriteUrl: ({ url = '/' }) => {
      const isBelow = url.startsWith(path) && (url[path.length] ?? '/') === '/';
      return isBelow ? url.slice(path.length) || '/' : url;
    },
  };
}
