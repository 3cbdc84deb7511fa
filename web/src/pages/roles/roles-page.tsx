import { Button, Group, SegmentedControl, Select, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useListAddress } from '../../lib/list-address.ts';
import { useMay } from '../../lib/session.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { PageFrame } from '../../parts/page-frame.tsx';
import { roleName } from '../../parts/role-picker.tsx';
import { SearchBox } from '../../parts/search-box.tsx';
import { TextLink } from '../../parts/text-link.tsx';
import { groupsOf, type ListedRole, useAllRoles } from './all-roles.ts';
import { BasicRoles } from './basic-roles.tsx';
import { NewRole } from './new-role.tsx';
import { isFixed, RoleTags } from './role-tags.tsx';

const PER_PAGE = 50;
const KINDS = [
  { value: '', label: 'All' },
  { value: 'custom', label: 'Custom' },
  { value: 'fixed', label: 'Fixed' },
];

const COLUMNS: Column<ListedRole>[] = [
  {
    title: 'Name',
    render: (role) => (
      <>
        <Group gap="sm">
          <TextLink to="/admin/roles/$uid" params={{ uid: role.uid }}>
            {roleName(role)}
          </TextLink>
          <RoleTags role={role} />
        </Group>
        <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {role.name}
        </Text>
      </>
    ),
  },
  { title: 'Group', render: ({ group }) => group, from: 'sm' },
  { title: 'Description', render: ({ description }) => description, from: 'md' },
];

/** The basic roles, and all that can be given besides. */
export function RolesPage() {
  const may = useMay();
  const { page, query, search, onPage, onSearch, onChange } = useListAddress();
  const [isAdding, adding] = useDisclosure(false);
  const { kind = '', filter: group = '' } = search;
  const roles = useAllRoles();
  const found = roles.data?.filter(
    (role) =>
      isLike(role, query) &&
      (group === '' || role.group === group) &&
      (kind === '' || isFixed(role) === (kind === 'fixed')),
  );
  const isFiltered = query !== '' || group !== '' || kind !== '';
  const add = may('roles:write') && <Button onClick={adding.open}>New role</Button>;
  return (
    <PageFrame
      title="Roles"
      about="Everybody has one basic role in each organization. Custom and fixed roles give more, to users, teams and service accounts by name."
      actions={add}
    >
      {/* Who may not see the ones may not see the others: once is enough to be told. */}
      {roles.error === null && (
        <>
          <Title order={2}>Basic roles</Title>
          <BasicRoles />
        </>
      )}
      <Title order={2} mt="md">
        Custom and fixed roles
      </Title>
      <Group>
        <SearchBox label="Search roles" value={query} onSearch={onSearch} />
        <Select
          aria-label="Group"
          data={[{ value: '', label: 'Every group' }, ...groupsOf(roles.data)]}
          value={group}
          onChange={(chosen) => onChange({ filter: chosen ?? '' })}
        />
        <SegmentedControl
          aria-label="Kind of roles"
          data={KINDS}
          value={kind}
          onChange={(chosen) => onChange({ kind: chosen })}
        />
      </Group>
      <DataTable
        label="roles"
        columns={COLUMNS}
        rows={found?.slice((page - 1) * PER_PAGE, page * PER_PAGE)}
        keyOf={({ uid }) => uid}
        error={roles.error}
        onRetry={() => void roles.refetch()}
        empty={
          isFiltered ? (
            <EmptyState title="No role is like that" advice="Search for something else, or in every group." />
          ) : (
            <EmptyState title="No roles yet" action={add} />
          )
        }
        paging={{ page, perPage: PER_PAGE, total: found?.length ?? 0, onPage }}
      />
      {isAdding && <NewRole onClose={adding.close} />}
    </PageFrame>
  );
}

function isLike({ name, displayName, description }: ListedRole, query: string): boolean {
  const text = query.trim().toLowerCase();
  return [name, displayName, description].some((part) => part.toLowerCase().includes(text));
}
