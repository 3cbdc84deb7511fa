import type { LivedIn } from '../support/lived-in.ts';

/** Every page and every tab of one, by a name for its picture. */
export function everyPage(made: LivedIn): [name: string, path: string][] {
  return [
    ['home', '/'],
    ['api-keys', '/org/apikeys'],
    ['service-accounts', '/org/serviceaccounts'],
    ['service-account', `/org/serviceaccounts/${made.accountId}`],
    ['service-account-migrated', `/org/serviceaccounts/${made.movedAccountId}`],
    ['dashboards', '/dashboards'],
    ['dashboards-search', '/dashboards?query=http'],
    ['folder', `/dashboards/f/${made.folderUid}`],
    ['dashboard', `/d/${made.dashboardUid}`],
    ['dashboard-of-rows', `/d/${made.oldDashboardUid}`],
    ['dashboard-new', '/dashboards/new'],
    ['data-sources', '/datasources'],
    ['data-source', `/datasources/edit/${made.dataSourceUid}`],
    ['data-source-new', '/datasources/new'],
    ['users', '/org/users'],
    ['server-users', '/admin/users'],
    ['server-user', `/admin/users/${made.userId}`],
    ['teams', '/org/teams'],
    ['team', `/org/teams/${made.teamId}`],
    ['organizations', '/admin/orgs'],
    ['organization', `/admin/orgs/${made.orgId}`],
    ['preferences', '/org'],
    ['changes', '/org/changes'],
    ['roles', '/admin/roles'],
    ['role', `/admin/roles/${made.roleUid}`],
    ['settings', '/admin/settings'],
    ['statistics', '/admin/stats'],
    ['profile', '/profile'],
    ['refused', '/refused'],
    ['not-found', '/nothing/is/here'],
  ];
}
