import { Button, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useParams } from '@tanstack/react-router';
import { type Answer, api, client } from '../../lib/api.ts';
import { useMay } from '../../lib/session.ts';
import { AddressTabs } from '../../parts/address-tabs.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { PageFrame } from '../../parts/page-frame.tsx';
import { PreferencesSection } from '../../parts/preferences-section.tsx';
import { RolesSection } from '../../parts/roles-of.tsx';
import { DeleteTeam } from './delete-team.tsx';
import { TeamGroups } from './team-groups.tsx';
import { TeamMembers } from './team-members.tsx';
import { TeamNames } from './team-names.tsx';

export type Team = Answer<'/api/teams/{id}', 'get'>;

const ABOVE = [{ title: 'Teams', to: '/org/teams' }];

/** One team: who is in it, what it is called, what it may do. */
export function TeamPage() {
  const { id } = useParams({ from: '/signed-in/org/teams/$id' });
  const team = api.useQuery('get', '/api/teams/{id}', {
    params: { path: { id }, query: { accesscontrol: true } },
  });
  return (
    <Loaded asked={team} title="Team">
      {(found) => <OneTeam key={found.id} team={found} />}
    </Loaded>
  );
}

function OneTeam({ team }: { team: Team }) {
  const may = useMay();
  const [isDeleting, deleting] = useDisclosure(false);
  const { accessControl } = team;
  const mayHere = (action: string): boolean => accessControl?.[action] === true;
  const tabs = [
    {
      value: 'settings',
      title: 'Settings',
      content: (
        <Stack>
          <TeamNames team={team} mayChange={mayHere('teams:write')} />
          <TeamPreferences team={team} mayChange={mayHere('teams:write')} />
        </Stack>
      ),
    },
  ];
  if (may('teams.roles:read')) {
    tabs.push({
      value: 'roles',
      title: 'Roles',
      content: <RolesSection kind="teams" id={team.id} name={team.name} />,
    });
  }
  if (mayHere('teams.permissions:read')) {
    const mayChange = mayHere('teams.permissions:write');
    tabs.unshift({
      value: 'members',
      title: `Members (${team.memberCount.toLocaleString('en')})`,
      content: <TeamMembers team={team} mayChange={mayChange} />,
    });
    tabs.push({
      value: 'groups',
      title: 'External groups',
      content: <TeamGroups team={team} mayChange={mayChange} />,
    });
  }
  return (
    <PageFrame
      title={team.name}
      above={ABOVE}
      about={team.email === '' ? undefined : team.email}
      actions={
        mayHere('teams:delete') && (
          <Button variant="default" c="var(--page-bad)" onClick={deleting.open}>
            Delete team
          </Button>
        )
      }
    >
      <AddressTabs tabs={tabs} />
      {isDeleting && <DeleteTeam team={team} onClose={deleting.close} />}
    </PageFrame>
  );
}

function TeamPreferences({ team, mayChange }: { team: Team; mayChange: boolean }) {
  const params = { path: { id: String(team.id) } };
  const preferences = api.useQuery('get', '/api/teams/{id}/preferences', { params });
  return (
    <PreferencesSection
      about="They count for the members who have chosen nothing else themselves."
      asked={preferences}
      mayChange={mayChange}
      save={(body) => client.PATCH('/api/teams/{id}/preferences', { params, body })}
    />
  );
}
