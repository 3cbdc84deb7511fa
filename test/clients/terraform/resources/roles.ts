import type { Given } from '../given.ts';
import type { Body, Provider } from '../provider.ts';
import type { Attributes, Resource } from '../resource.ts';

// Sent even when they are empty.
const POINTERS = ['displayName', 'description', 'group'];

function roleResource({ isGlobal }: { isGlobal: boolean }): Resource {
  const common = { uid: 'terraform', global: isGlobal };
  return {
    type: isGlobal ? 'grafana_role, global' : 'grafana_role',
    isGlobal,
    plans: () => [
      {
        ...common,
        name: 'terraform:role',
        version: 1,
        display_name: 'Terraform',
        description: 'made by a plan',
        group: 'Tests',
        hidden: false,
        permissions: [
          { action: 'folders:read', scope: 'folders:*' },
          { action: 'teams:create', scope: '' },
        ],
      },
      {
        ...common,
        name: 'terraform:renamed',
        version: 2,
        display_name: '',
        description: '',
        group: '',
        hidden: true,
        permissions: [{ action: 'teams:read', scope: 'teams:*' }],
      },
    ],
    async create({ post }, plan) {
      return (await post('/api/access-control/roles', roleBody(plan), { success: 201 })).uid;
    },
    async read({ find }, id) {
      const found = await find(`/api/access-control/roles/${id}`);
      if (found === undefined) return undefined;
      const { uid, name, version, displayName: display_name, description, group, hidden, global } = found;
      const permissions = found.permissions.map(({ action, scope }: Body) => ({ action, scope }));
      return { uid, name, version, display_name, description, group, hidden, global, permissions };
    },
    async update({ put }, id, plan) {
      await put(`/api/access-control/roles/${id}`, roleBody(plan), { evenEmpty: POINTERS });
    },
    destroy: ({ remove }, id) => remove(`/api/access-control/roles/${id}?global=${isGlobal}`),
  };
}

const role = roleResource({ isGlobal: false });

/** With `auto_increment_version` the plan has no version: the provider counts. */
const countedRole: Resource = {
  ...role,
  type: 'grafana_role, auto_increment_version',
  plans: (given) => {
    const [first, second] = role.plans(given);
    return [first, { ...second, version: 2 }, { ...first, version: 3 }];
  },
  async update({ get, put }, id, plan) {
    const { version } = await get(`/api/access-control/roles/${id}`);
    const body = { ...roleBody(plan), version: version + 1 };
    await put(`/api/access-control/roles/${id}`, body, { evenEmpty: POINTERS });
  },
};

function roleBody({ display_name: displayName, ...plan }: Attributes) {
  return { ...plan, displayName };
}

const roleAssignment: Resource = {
  type: 'grafana_role_assignment',
  plans: ({ role: role_uid, ann, bob, team, account }) => [
    { role_uid, users: [ann.id, bob.id], teams: [team], service_accounts: [] },
    { role_uid, users: [bob.id], teams: [], service_accounts: [account] },
  ],
  shown: ({ users, teams, service_accounts }) => ({ users, teams, service_accounts }),
  async create({ put }, { role_uid, ...plan }) {
    await put(`/api/access-control/roles/${role_uid}/assignments`, plan);
    return role_uid;
  },
  async read({ find }, id) {
    const found = await find(`/api/access-control/roles/${id}/assignments`);
    if (found === undefined) return undefined;
    const { users, teams, service_accounts } = found;
    return { users, teams, service_accounts };
  },
  async update({ put }, id, { users, teams, service_accounts }) {
    await put(`/api/access-control/roles/${id}/assignments`, { users, teams, service_accounts });
  },
  async destroy({ put }, id) {
    await put(`/api/access-control/roles/${id}/assignments`, { users: [], teams: [], service_accounts: [] });
  },
  emptied: { users: [], teams: [], service_accounts: [] },
};

const ASSIGNED = [
  { kind: 'user', field: 'users', idOf: ({ ann }: Given) => ann.id },
  { kind: 'team', field: 'teams', idOf: ({ team }: Given) => team },
  { kind: 'service_account', field: 'service_accounts', idOf: ({ account }: Given) => account },
];

/** One assignment of a role, whatever others it has: the provider reads them all, and writes them all again. */
function roleAssignmentItem({ kind, field, idOf }: (typeof ASSIGNED)[number]): Resource {
  const read = (provider: Provider, role_uid: string): Promise<Record<string, number[]> | undefined> =>
    provider.find(`/api/access-control/roles/${role_uid}/assignments`);

  async function write({ put }: Provider, role_uid: string, all: Record<string, number[]>, ids: number[]) {
    const { role_uid: _, ...lists } = all;
    await put(`/api/access-control/roles/${role_uid}/assignments`, { ...lists, [field]: ids });
  }

  return {
    type: `grafana_role_assignment_item, ${kind}`,
    plans: (given) => [{ role_uid: given.role, [`${kind}_id`]: idOf(given) }],
    async create(provider, { role_uid, [`${kind}_id`]: id }) {
      const all = (await read(provider, role_uid)) ?? {};
      await write(provider, role_uid, all, [...(all[field] ?? []), id]);
      return `${role_uid}:${kind}:${id}`;
    },
    async read(provider, local) {
      const [role_uid = '', , id] = local.split(':');
      const assigned = await read(provider, role_uid);
      const isThere = assigned?.[field]?.includes(Number(id)) ?? false;
      return isThere ? { role_uid, [`${kind}_id`]: Number(id) } : undefined;
    },
    async destroy(provider, local) {
      const [role_uid = '', , id] = local.split(':');
      const all = (await read(provider, role_uid)) ?? {};
      await write(
        provider,
        role_uid,
        all,
        (all[field] ?? []).filter((one) => one !== Number(id)),
      );
    },
  };
}

export const roles = [
  role,
  roleResource({ isGlobal: true }),
  countedRole,
  roleAssignment,
  ...ASSIGNED.map(roleAssignmentItem),
];
