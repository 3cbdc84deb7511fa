import { createHash } from 'node:crypto';
import type { Permission } from '../../access/granted.ts';

/** A role that every server has and nobody changes. */
export interface FixedRole {
  uid: string;
  name: string;
  displayName: string;
  description: string;
  group: string;
  permissions: readonly Permission[];
}

type Row = readonly [action: string, ...scopes: string[]];

const KEY_READER: Row[] = [['apikeys:read', 'apikeys:*']];
const KEY_WRITER: Row[] = [...KEY_READER, ['apikeys:create'], ['apikeys:delete', 'apikeys:*']];
const ACCOUNT_READER: Row[] = [['serviceaccounts:read', 'serviceaccounts:*']];
// Besides what Grafana's gives: here it also makes the older keys.
const ACCOUNT_WRITER: Row[] = [
  ...ACCOUNT_READER,
  ...KEY_WRITER,
  ['serviceaccounts:create'],
  ['serviceaccounts:delete', 'serviceaccounts:*'],
  ['serviceaccounts:write', 'serviceaccounts:*'],
  ['serviceaccounts.permissions:read', 'serviceaccounts:*'],
  ['serviceaccounts.permissions:write', 'serviceaccounts:*'],
];
const DASHBOARDS = ['dashboards:*', 'folders:*'] as const;
const DASHBOARD_READER: Row[] = [['dashboards:read', ...DASHBOARDS]];
const DASHBOARD_RIGHTS_READER: Row[] = [['dashboards.permissions:read', ...DASHBOARDS]];
const FOLDER_READER: Row[] = [
  ['folders:read', 'folders:*'],
  ['dashboards:read', 'folders:*'],
];
const FOLDER_RIGHTS_READER: Row[] = [['folders.permissions:read', 'folders:*']];
const SOURCE_READER: Row[] = [
  ['datasources:read', 'datasources:*'],
  ['datasources:query', 'datasources:*'],
];
const SOURCE_RIGHTS_READER: Row[] = [['datasources.permissions:read', 'datasources:*']];
const TEAM_READER: Row[] = [['teams:read', 'teams:*']];
const MEMBER_READER: Row[] = [['org.users:read', 'users:*']];
const ORG_READER: Row[] = [['orgs:read'], ['orgs.quotas:read']];
const ROLE_READER: Row[] = [
  ['roles:read', 'roles:*'],
  ['teams.roles:read', 'teams:*'],
  ['users.roles:read', 'users:*'],
];
const DELEGATE = 'permissions:type:delegate';

// By Grafana's names; what writes to the whole server is missing, since that takes an administrator of it.
const TABLE: readonly [name: string, displayName: string, group: string, what: string, rows: Row[]][] = [
  [
    'annotations:reader',
    'Annotation reader',
    'Annotations',
    'Read annotations.',
    [['annotations:read', 'annotations:*']],
  ],
  ['apikeys:reader', 'API key reader', 'API keys', 'Read API keys.', KEY_READER],
  ['apikeys:writer', 'API key writer', 'API keys', 'Read, create and delete API keys.', KEY_WRITER],
  [
    'dashboards:creator',
    'Dashboard creator',
    'Dashboards',
    'Create dashboards in any folder.',
    [
      ['dashboards:create', 'folders:*'],
      ['folders:read', 'folders:*'],
    ],
  ],
  ['dashboards:reader', 'Dashboard reader', 'Dashboards', 'Read all dashboards.', DASHBOARD_READER],
  [
    'dashboards:writer',
    'Dashboard writer',
    'Dashboards',
    'Read, create, change and delete all dashboards.',
    [
      ...DASHBOARD_READER,
      ['dashboards:create', 'folders:*'],
      ['dashboards:write', ...DASHBOARDS],
      ['dashboards:delete', ...DASHBOARDS],
    ],
  ],
  [
    'dashboards.permissions:reader',
    'Dashboard permission reader',
    'Dashboards',
    'Read the permissions of all dashboards.',
    DASHBOARD_RIGHTS_READER,
  ],
  [
    'dashboards.permissions:writer',
    'Dashboard permission writer',
    'Dashboards',
    'Read and change the permissions of all dashboards.',
    [...DASHBOARD_RIGHTS_READER, ['dashboards.permissions:write', ...DASHBOARDS]],
  ],
  [
    'datasources:creator',
    'Data source creator',
    'Data sources',
    'Create data sources.',
    [['datasources:create']],
  ],
  [
    'datasources:explorer',
    'Data source explorer',
    'Data sources',
    'Explore data sources.',
    [['datasources:explore']],
  ],
  [
    'datasources.id:reader',
    'Data source id reader',
    'Data sources',
    'Find the id of a data source by its name.',
    [['datasources.id:read', 'datasources:*']],
  ],
  [
    'datasources:reader',
    'Data source reader',
    'Data sources',
    'Read and query all data sources.',
    SOURCE_READER,
  ],
  [
    'datasources:writer',
    'Data source writer',
    'Data sources',
    'Read, query, create, change and delete all data sources.',
    [
      ...SOURCE_READER,
      ['datasources:create'],
      ['datasources:write', 'datasources:*'],
      ['datasources:delete', 'datasources:*'],
    ],
  ],
  [
    'datasources.permissions:reader',
    'Data source permission reader',
    'Data sources',
    'Read the permissions of all data sources.',
    SOURCE_RIGHTS_READER,
  ],
  [
    'datasources.permissions:writer',
    'Data source permission writer',
    'Data sources',
    'Read and change the permissions of all data sources.',
    [...SOURCE_RIGHTS_READER, ['datasources.permissions:write', 'datasources:*']],
  ],
  ['folders:creator', 'Folder creator', 'Folders', 'Create folders.', [['folders:create']]],
  [
    'folders:reader',
    'Folder reader',
    'Folders',
    'Read all folders and the dashboards in them.',
    FOLDER_READER,
  ],
  [
    'folders:writer',
    'Folder writer',
    'Folders',
    'Read, create, change and delete all folders and the dashboards in them.',
    [
      ...FOLDER_READER,
      ['folders:create'],
      ['folders:write', 'folders:*'],
      ['folders:delete', 'folders:*'],
      ['dashboards:create', 'folders:*'],
      ['dashboards:write', 'folders:*'],
      ['dashboards:delete', 'folders:*'],
    ],
  ],
  [
    'folders.permissions:reader',
    'Folder permission reader',
    'Folders',
    'Read the permissions of all folders.',
    FOLDER_RIGHTS_READER,
  ],
  [
    'folders.permissions:writer',
    'Folder permission writer',
    'Folders',
    'Read and change the permissions of all folders.',
    [...FOLDER_RIGHTS_READER, ['folders.permissions:write', 'folders:*']],
  ],
  [
    'organization:reader',
    'Organization reader',
    'Organizations',
    'Read the organization and its quotas.',
    ORG_READER,
  ],
  [
    'organization:writer',
    'Organization writer',
    'Organizations',
    'Read and change the organization and its preferences.',
    [...ORG_READER, ['orgs:write'], ['orgs.preferences:read'], ['orgs.preferences:write']],
  ],
  ['org.users:reader', 'Member reader', 'Users', 'Read the members of the organization.', MEMBER_READER],
  [
    'org.users:writer',
    'Member writer',
    'Users',
    'Add, change and remove members of the organization.',
    [
      ...MEMBER_READER,
      ['org.users:add', 'users:*'],
      ['org.users:remove', 'users:*'],
      ['org.users:write', 'users:*'],
    ],
  ],
  ['roles:reader', 'Role reader', 'Access control', 'Read roles and who has them.', ROLE_READER],
  [
    'roles:writer',
    'Role writer',
    'Access control',
    'Make roles of what one holds oneself, and hand them on.',
    [
      ...ROLE_READER,
      ['roles:write', DELEGATE],
      ['roles:delete', DELEGATE],
      ['teams.roles:add', DELEGATE],
      ['teams.roles:remove', DELEGATE],
      ['users.roles:add', DELEGATE],
      ['users.roles:remove', DELEGATE],
    ],
  ],
  [
    'serviceaccounts:creator',
    'Service account creator',
    'Service accounts',
    'Create service accounts.',
    [['serviceaccounts:create']],
  ],
  [
    'serviceaccounts:reader',
    'Service account reader',
    'Service accounts',
    'Read service accounts.',
    ACCOUNT_READER,
  ],
  [
    'serviceaccounts:writer',
    'Service account writer',
    'Service accounts',
    'Read, create, change and delete service accounts, their tokens, and API keys.',
    ACCOUNT_WRITER,
  ],
  [
    'settings:reader',
    'Settings reader',
    'Server',
    "Read the server's settings, without secrets.",
    [['settings:read', 'settings:*']],
  ],
  ['stats:reader', 'Statistics reader', 'Server', "Read the server's figures.", [['server.stats:read']]],
  [
    'teams:creator',
    'Team creator',
    'Teams',
    'Create teams, and find members for them.',
    [['teams:create'], ...MEMBER_READER],
  ],
  ['teams:reader', 'Team reader', 'Teams', 'Read all teams.', TEAM_READER],
  [
    'teams:writer',
    'Team writer',
    'Teams',
    'Read, create, change and delete all teams, and their members.',
    [
      ...TEAM_READER,
      ['teams:create'],
      ['teams:write', 'teams:*'],
      ['teams:delete', 'teams:*'],
      ['teams.permissions:read', 'teams:*'],
      ['teams.permissions:write', 'teams:*'],
    ],
  ],
  [
    'users:reader',
    'User reader',
    'Server',
    'Read all users of the server, their sessions and quotas.',
    [
      ['users:read', 'global.users:*'],
      ['users.authtoken:read', 'global.users:*'],
      ['users.quotas:read', 'global.users:*'],
    ],
  ],
];

/** All fixed roles, in order of their names. */
export const FIXED_ROLES: readonly FixedRole[] = TABLE.map(
  ([name, displayName, group, description, rows]) => ({
    uid: uidOf(`fixed:${name}`),
    name: `fixed:${name}`,
    displayName,
    description,
    group,
    permissions: rows.flatMap(([action, ...scopes]) =>
      (scopes.length === 0 ? [''] : scopes).map((scope) => ({ action, scope })),
    ),
  }),
).toSorted((a, b) => (a.name < b.name ? -1 : 1));

const byName = new Map(
  FIXED_ROLES.flatMap((role) => [[role.name, role] as const, [role.uid, role] as const]),
);

/** The fixed role of this uid or name. */
export function fixedRole(uidOrName: string): FixedRole | undefined {
  return byName.get(uidOrName);
}

// As Grafana makes them, so that clients which know a fixed role's uid by heart find it.
function uidOf(name: string): string {
  return `fixed_${createHash('sha1').update(name).digest('base64url')}`;
}
