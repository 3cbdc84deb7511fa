import { Button, Group } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { Role } from '../../../../client/shapes.ts';
import { api, client } from '../../lib/api.ts';
import { useListAddress } from '../../lib/list-address.ts';
import { useMayOnServer } from '../../lib/session.ts';
import { AddMember } from '../../parts/add-member.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { MemberList } from '../../parts/member-list.tsx';
import { SearchBox } from '../../parts/search-box.tsx';
import { Section } from '../../parts/section.tsx';

const PER_PAGE = 30;

/** Who is in an organization that one may not be in oneself. */
export function OrgUsers({ org }: { org: { id: number; name: string } }) {
  const mayOnServer = useMayOnServer();
  const { page, query, onPage, onSearch } = useListAddress();
  const [isAdding, adding] = useDisclosure(false);
  const inOrg = { path: { id: org.id } };
  const users = api.useQuery(
    'get',
    '/api/orgs/{id}/users/search',
    { params: { ...inOrg, query: { page, perpage: PER_PAGE, query } } },
    { placeholderData: (before) => before },
  );
  const paramsOf = (userId: number) => ({ params: { path: { id: org.id, userId } } });
  const setRole = (userId: number, role: Role) =>
    client.PATCH('/api/orgs/{id}/users/{userId}', { ...paramsOf(userId), body: { role } });
  const remove = (userId: number) => client.DELETE('/api/orgs/{id}/users/{userId}', paramsOf(userId));
  const add = mayOnServer('org.users:add') && <Button onClick={adding.open}>Add user</Button>;
  return (
    <Section title="Users" actions={add}>
      <Group>
        <SearchBox label="Search users" value={query} onSearch={onSearch} />
      </Group>
      <MemberList
        org={org}
        asked={users}
        paging={{ page, perPage: PER_PAGE, onPage }}
        empty={
          query === '' ? (
            <EmptyState
              title="Nobody is in this organization"
              advice="Its keys and service accounts work all the same. Add somebody as Admin to look after them."
            />
          ) : (
            <EmptyState title={`No user here is called like “${query}”`} />
          )
        }
        setRole={mayOnServer('org.users:write') ? setRole : undefined}
        remove={mayOnServer('org.users:remove') ? remove : undefined}
      />
      {isAdding && (
        <AddMember
          org={org.name}
          add={(body) => client.POST('/api/orgs/{id}/users', { params: inOrg, body })}
          onClose={adding.close}
        />
      )}
    </Section>
  );
}
