import { Button, Group, Select, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { type Answer, api } from '../../lib/api.ts';
import { useListAddress } from '../../lib/list-address.ts';
import { tellDone } from '../../lib/notify.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { RowButton } from '../../parts/row-button.tsx';
import { SearchBox } from '../../parts/search-box.tsx';
import { UserLink } from '../../parts/user-link.tsx';
import { AddTeamMember } from './add-team-member.tsx';
import { RemoveTeamMember } from './remove-team-member.tsx';
import type { Team } from './team-page.tsx';

export type TeamMember = Answer<'/api/teams/{id}/members', 'get'>[number];

const PER_PAGE = 30;
const PLAIN_MEMBER = 0;
const ADMIN = 4;
const LEVELS = [
  { value: String(PLAIN_MEMBER), label: 'Member' },
  { value: String(ADMIN), label: 'Admin' },
];

/** Who is in a team. The server tells of all at once; this shows them page by page. */
export function TeamMembers({ team, mayChange }: { team: Team; mayChange: boolean }) {
  const { page, query, onPage, onSearch } = useListAddress();
  const [isAdding, adding] = useDisclosure(false);
  const [removing, setRemoving] = useState<TeamMember>();
  const { columns, error } = useColumns(mayChange, setRemoving);
  const members = api.useQuery('get', '/api/teams/{id}/members', {
    params: { path: { id: String(team.id) } },
  });
  const found = members.data?.filter((member) => isCalled(member, query));
  const add = mayChange && <Button onClick={adding.open}>Add member</Button>;
  return (
    <Stack>
      <Group justify="space-between">
        <SearchBox label="Search members" value={query} onSearch={onSearch} />
        {add}
      </Group>
      <ProblemAlert error={error} />
      <DataTable
        label="members of the team"
        columns={columns}
        rows={found?.slice((page - 1) * PER_PAGE, page * PER_PAGE)}
        keyOf={({ userId }) => userId}
        error={members.error}
        onRetry={() => void members.refetch()}
        empty={
          query === '' ? (
            <EmptyState
              title="Nobody is in this team yet"
              advice="Whoever is in it has what the team was given."
              action={add}
            />
          ) : (
            <EmptyState title={`No member is called like “${query}”`} />
          )
        }
        paging={{ page, perPage: PER_PAGE, total: found?.length ?? 0, onPage }}
      />
      {mayChange && (
        <Text size="sm" c="dimmed">
          An Admin of the team may also change it, decide who is in it, and delete it.
        </Text>
      )}
      {isAdding && <AddTeamMember team={team} onClose={adding.close} />}
      {removing !== undefined && (
        <RemoveTeamMember team={team} member={removing} onClose={() => setRemoving(undefined)} />
      )}
    </Stack>
  );
}

function useColumns(mayChange: boolean, onRemove: (member: TeamMember) => void) {
  const change = api.useMutation('put', '/api/teams/{id}/members/{userId}');
  const choose = ({ teamId, userId, login }: TeamMember, permission: 0 | 4): void =>
    change.mutate(
      { params: { path: { id: String(teamId), userId } }, body: { permission } },
      {
        onSuccess: () =>
          tellDone(`${login} is ${permission === ADMIN ? 'an Admin of the team' : 'a plain member'} now`),
      },
    );
  const columns: Column<TeamMember>[] = [
    {
      title: 'Login',
      render: ({ userId, login }) => <UserLink id={userId} login={login} />,
    },
    { title: 'Name', render: ({ name }) => name, from: 'sm' },
    { title: 'Email', render: ({ email }) => email, from: 'md' },
    {
      title: 'Permission',
      width: 140,
      render: (member) =>
        mayChange ? (
          <Select
            size="xs"
            miw={110}
            aria-label={`Permission of ${member.login}`}
            data={LEVELS}
            value={String(member.permission)}
            disabled={change.isPending}
            onChange={(level) =>
              level !== String(member.permission) &&
              choose(member, level === String(ADMIN) ? ADMIN : PLAIN_MEMBER)
            }
          />
        ) : (
          LEVELS.find(({ value }) => value === String(member.permission))?.label
        ),
    },
  ];
  if (mayChange) {
    columns.push({
      title: 'Actions',
      isTitleHidden: true,
      align: 'right',
      render: (member) => (
        <RowButton title="Remove" of={member.login} isDangerous onClick={() => onRemove(member)} />
      ),
    });
  }
  return { columns, error: change.error };
}

function isCalled({ login, name, email }: TeamMember, query: string): boolean {
  return [login, name, email].some((text) => text.toLowerCase().includes(query.toLowerCase()));
}
