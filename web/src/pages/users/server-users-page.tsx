import { Button, Group, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type Answer, api } from '../../lib/api.ts';
import { useListAddress } from '../../lib/list-address.ts';
import { useMayOnServer } from '../../lib/session.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { LastSeenText } from '../../parts/last-seen-text.tsx';
import { PageFrame } from '../../parts/page-frame.tsx';
import { SearchBox } from '../../parts/search-box.tsx';
import { StateTag } from '../../parts/state-tag.tsx';
import { TextLink } from '../../parts/text-link.tsx';
import { NewUser } from './new-user.tsx';
import { UsersTabs } from './users-tabs.tsx';

type User = Answer<'/api/users/search', 'get'>['users'][number];

const PER_PAGE = 30;

const COLUMNS: Column<User>[] = [
  {
    title: 'Login',
    render: ({ id, login }) => (
      <TextLink to="/admin/users/$id" params={{ id: String(id) }}>
        {login}
      </TextLink>
    ),
  },
  { title: 'Name', render: ({ name }) => name, from: 'md' },
  { title: 'Email', render: ({ email }) => email, from: 'sm' },
  { title: 'Last seen', render: (user) => <LastSeenText of={user} />, from: 'xs' },
  {
    title: 'State',
    render: ({ isAdmin, isDisabled }) => (
      <Group gap="xs">
        {isAdmin && <StateTag tone="accent">Server administrator</StateTag>}
        {isDisabled ? <StateTag tone="warning">Disabled</StateTag> : <StateTag tone="good">Enabled</StateTag>}
      </Group>
    ),
  },
];

/** Everybody who has a user on this server, in whatever organization. */
export function ServerUsersPage() {
  const mayOnServer = useMayOnServer();
  const { page, query, onPage, onSearch } = useListAddress();
  const [isAdding, adding] = useDisclosure(false);
  const users = api.useQuery(
    'get',
    '/api/users/search',
    { params: { query: { page, perpage: PER_PAGE, query } } },
    { placeholderData: (before) => before },
  );
  const add = mayOnServer('users:create') && <Button onClick={adding.open}>New user</Button>;
  return (
    <PageFrame title="Users" about="Everybody who can sign in, in whatever organization." actions={add}>
      <UsersTabs shown="server">
        <Stack>
          <SearchBox label="Search users" value={query} onSearch={onSearch} />
          <DataTable
            label="users of the server"
            columns={COLUMNS}
            rows={users.data?.users}
            keyOf={({ id }) => id}
            error={users.error}
            onRetry={() => void users.refetch()}
            empty={<EmptyState title={`No user is called like “${query}”`} action={add} />}
            paging={{ page, perPage: PER_PAGE, total: users.data?.totalCount ?? 0, onPage }}
          />
        </Stack>
      </UsersTabs>
      {isAdding && <NewUser onClose={adding.close} />}
    </PageFrame>
  );
}
