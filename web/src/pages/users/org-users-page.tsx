import { Button, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { api, client } from '../../lib/api.ts';
import { useListAddress } from '../../lib/list-address.ts';
import { useMayInOrg, useSession } from '../../lib/session.ts';
import { AddMember } from '../../parts/add-member.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import type { Member } from '../../parts/member-dialogs.tsx';
import { MemberList } from '../../parts/member-list.tsx';
import { PageFrame } from '../../parts/page-frame.tsx';
import { RoleMeanings } from '../../parts/role-meanings.tsx';
import { RolesDialog } from '../../parts/roles-of.tsx';
import { SearchBox } from '../../parts/search-box.tsx';
import { UsersTabs } from './users-tabs.tsx';

const PER_PAGE = 30;

/** The users of the organization, and what each may do in it. */
export function OrgUsersPage() {
  const may = useMayInOrg();
  const { user } = useSession();
  const { page, query, onPage, onSearch } = useListAddress();
  const [isAdding, adding] = useDisclosure(false);
  const [withRoles, setWithRoles] = useState<Member>();
  const users = api.useQuery(
    'get',
    '/api/org/users/search',
    { params: { query: { page, perpage: PER_PAGE, query } } },
    { placeholderData: (before) => before },
  );
  const add = may('org.users:add') && <Button onClick={adding.open}>Add user</Button>;
  return (
    <PageFrame title="Users" about={`Who may act in ${user.orgName}, and as what.`} actions={add}>
      <UsersTabs shown="org">
        <Stack>
          <SearchBox label="Search users" value={query} onSearch={onSearch} />
          <MemberList
            org={{ id: user.orgId, name: user.orgName }}
            asked={users}
            paging={{ page, perPage: PER_PAGE, onPage }}
            empty={<EmptyState title={`No user here is called like “${query}”`} action={add} />}
            onRoles={may('users.roles:read') ? setWithRoles : undefined}
            setRole={may('org.users:write') ? setRole : undefined}
            remove={may('org.users:remove') ? remove : undefined}
          />
          <RoleMeanings />
        </Stack>
      </UsersTabs>
      {isAdding && (
        <AddMember
          org={user.orgName}
          add={(body) => client.POST('/api/org/users', { body })}
          onClose={adding.close}
        />
      )}
      {withRoles !== undefined && (
        <RolesDialog
          kind="users"
          id={withRoles.userId}
          name={withRoles.login}
          onClose={() => setWithRoles(undefined)}
        />
      )}
    </PageFrame>
  );
}

function setRole(userId: number, role: Member['role']) {
  return client.PATCH('/api/org/users/{userId}', { params: { path: { userId } }, body: { role } });
}

function remove(userId: number) {
  return client.DELETE('/api/org/users/{userId}', { params: { path: { userId } } });
}
