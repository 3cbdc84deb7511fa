import { type Answer, api } from '../../lib/api.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { useRoleMeanings } from '../../parts/role-meanings.tsx';
import { TextLink } from '../../parts/text-link.tsx';
import { thingOf } from './action-words.ts';

export type BasicRole = Answer<'/api/access-control/basic-roles', 'get'>[number];

const COLUMNS: Column<BasicRole>[] = [
  {
    title: 'Role',
    render: ({ uid, displayName }) => (
      <TextLink to="/admin/roles/$uid" params={{ uid }}>
        {displayName}
      </TextLink>
    ),
  },
  { title: 'Lets people', render: (role) => <Meaning role={role} />, from: 'sm' },
  { title: 'Actions', render: ({ permissions }) => actionsIn(permissions).size, align: 'right', width: 100 },
];

/** The basic roles, from the most to the least, with how much each gives. */
export function BasicRoles() {
  const roles = api.useQuery('get', '/api/access-control/basic-roles');
  return (
    <DataTable
      label="basic roles"
      columns={COLUMNS}
      rows={roles.data?.toReversed()}
      keyOf={({ uid }) => uid}
      error={roles.error}
      onRetry={() => void roles.refetch()}
      empty="This server has no basic roles"
    />
  );
}

const BESIDES = {
  'Server administrator':
    'do everything on the server as a whole, besides what their role in an organization gives',
};

/** What a basic role lets people do, as the end of a sentence. */
export function Meaning({ role: { displayName, description } }: { role: BasicRole }) {
  const meanings: Partial<Record<string, string>> = { ...useRoleMeanings(), ...BESIDES };
  return meanings[displayName] ?? description;
}

/** How much it is, in numbers. */
export function countText(permissions: BasicRole['permissions']): string {
  const actions = actionsIn(permissions);
  if (actions.size === 0) return 'It gives no action by itself.';
  const things = new Set([...actions].map(thingOf));
  return `It gives ${actions.size} actions on ${things.size} kinds of things.`;
}

function actionsIn(permissions: BasicRole['permissions']): Set<string> {
  return new Set(permissions.map(({ action }) => action));
}
