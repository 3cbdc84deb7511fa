import type { Given } from '../given.ts';
import type { Body, Provider } from '../provider.ts';
import type { Attributes, Resource } from '../resource.ts';

interface Guarded {
  /** The name in a resource's type, and in its path. */
  type: string;
  path: string;
  idOf(given: Given): string | number;
  levels: [string, string];
  /** Whether a basic role can be given something. */
  hasRoles: boolean;
}

const GUARDED: Guarded[] = [
  // First, while its folder has permissions for it to inherit.
  {
    type: 'dashboard',
    path: 'dashboards',
    idOf: ({ dashboard }) => dashboard,
    levels: ['View', 'Admin'],
    hasRoles: true,
  },
  { type: 'folder', path: 'folders', idOf: ({ folder }) => folder, levels: ['View', 'Edit'], hasRoles: true },
  {
    type: 'data_source',
    path: 'datasources',
    idOf: ({ dataSource }) => dataSource,
    levels: ['Query', 'Edit'],
    hasRoles: true,
  },
  {
    type: 'service_account',
    path: 'serviceaccounts',
    idOf: ({ account }) => account,
    levels: ['Edit', 'Admin'],
    hasRoles: false,
  },
];

/** All that an object's permissions are to be: what is not in the plan is taken away. */
function permissions({ type, path, idOf, levels: [low, high], hasRoles }: Guarded): Resource {
  return {
    type: `grafana_${type}_permission`,
    plans(given) {
      const roles = (level: string) => (hasRoles ? [{ role: 'Viewer', permission: level }] : []);
      return [
        {
          id: String(idOf(given)),
          permissions: [
            ...roles(low),
            { team_id: given.team, permission: high },
            { user_id: given.ann.id, permission: low },
          ],
        },
        {
          id: String(idOf(given)),
          permissions: [
            ...roles(high),
            { user_id: given.ann.id, permission: high },
            { user_id: given.bob.id, permission: low },
          ],
        },
      ];
    },
    shown: ({ permissions: rows }) => ({ permissions: rows }),
    async create(provider, plan) {
      await settle(provider, `/api/access-control/${path}/${plan['id']}`, plan['permissions']);
      return plan['id'];
    },
    async read({ find }, id) {
      const rows: Body[] | undefined = await find(`/api/access-control/${path}/${id}`);
      return rows && { permissions: rows.filter(isOwn).map(planned).toSorted(byHolder) };
    },
    update: (provider, id, plan) =>
      settle(provider, `/api/access-control/${path}/${id}`, plan['permissions']),
    destroy: (provider, id) => settle(provider, `/api/access-control/${path}/${id}`, []),
    emptied: { permissions: [] },
  };
}

async function settle({ get, post }: Provider, path: string, wanted: Attributes[]): Promise<void> {
  const present: Attributes[] = (await get(path)).filter(isOwn).map(planned);
  const isIn = (rows: Attributes[]) => (row: Attributes) => rows.some((other) => isSame(row, other));
  const removed = present.filter((row) => !isIn(wanted)(row)).map((row) => ({ ...row, permission: '' }));
  const added = wanted.filter((row) => !isIn(present)(row));
  await post(path, { permissions: [...removed, ...added].map(asSent) });
}

/** What one holder may do with an object, whatever others may. */
function permissionItem({ type, path, idOf, levels: [low, high] }: Guarded, whom: Whom): Resource {
  return {
    type: `grafana_${type}_permission_item, ${whom.kind}`,
    plans: (given) => [
      { id: String(idOf(given)), holder: whom.idOf(given), permission: low },
      { id: String(idOf(given)), holder: whom.idOf(given), permission: high },
    ],
    async create({ post }, { id, holder, permission }) {
      await post(`/api/access-control/${path}/${id}/${whom.path}/${holder}`, { permission });
      return `${id}:${whom.kind}:${holder}`;
    },
    async read({ find }, local) {
      const [id = '', , holder = ''] = local.split(':');
      const rows: Body[] = (await find(`/api/access-control/${path}/${id}`)) ?? [];
      // The provider takes the first that it finds, so that what comes from a folder must not be before it.
      const found = rows.find((row) => String(row[whom.field]) === holder);
      return found && isOwn(found) ? { id, holder, permission: found.permission } : undefined;
    },
    async update({ post }, local, { permission }) {
      const [id, , holder] = local.split(':');
      await post(`/api/access-control/${path}/${id}/${whom.path}/${holder}`, { permission });
    },
    async destroy({ post }, local) {
      const [id, , holder] = local.split(':');
      await post(`/api/access-control/${path}/${id}/${whom.path}/${holder}`, { permission: '' });
    },
  };
}

interface Whom {
  kind: string;
  path: string;
  field: string;
  idOf(given: Given): string;
}

const HOLDERS: Whom[] = [
  { kind: 'user', path: 'users', field: 'userId', idOf: ({ bob }) => String(bob.id) },
  { kind: 'team', path: 'teams', field: 'teamId', idOf: ({ team }) => String(team) },
  { kind: 'role', path: 'builtInRoles', field: 'builtInRole', idOf: () => 'Viewer' },
];

function isOwn({ isManaged, isInherited }: Body): boolean {
  return isManaged && !isInherited;
}

function planned({ userId, teamId, builtInRole, permission }: Body): Attributes {
  if (userId) return { user_id: userId, permission };
  return teamId ? { team_id: teamId, permission } : { role: builtInRole, permission };
}

function asSent({ user_id: userId, team_id: teamId, role: builtInRole, permission }: Attributes): object {
  return { userId, teamId, builtInRole, permission };
}

function isSame(one: Attributes, other: Attributes): boolean {
  return ['role', 'team_id', 'user_id', 'permission'].every((field) => one[field] === other[field]);
}

function byHolder(one: Attributes, other: Attributes): number {
  const kinds = ['role', 'team_id', 'user_id'];
  const rank = (row: Attributes) => kinds.findIndex((kind) => kind in row);
  return rank(one) - rank(other) || Number(one['user_id'] ?? 0) - Number(other['user_id'] ?? 0);
}

export const permissionsOfObjects = GUARDED.flatMap((guarded) => [
  permissions(guarded),
  ...HOLDERS.filter(({ kind }) => guarded.hasRoles || kind !== 'role').map((whom) =>
    permissionItem(guarded, whom),
  ),
]);
