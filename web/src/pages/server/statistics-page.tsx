import { SimpleGrid } from '@mantine/core';
import { type Answer, api } from '../../lib/api.ts';
import { useMay, useMayOnServer } from '../../lib/session.ts';
import { Loaded } from '../../parts/loaded.tsx';
import { PageFrame } from '../../parts/page-frame.tsx';
import { type Figure, Figures } from './figures.tsx';
import { LimitedOnServer } from './limited.tsx';

type Stats = Answer<'/api/admin/stats', 'get'>;

const COLUMNS = { base: 1, md: 2 };

/** How much there is on the whole server, and how much it is used. */
export function StatisticsPage() {
  const stats = api.useQuery('get', '/api/admin/stats');
  return (
    <Loaded asked={stats} title="Statistics">
      {(figures) => <Shown stats={figures} />}
    </Loaded>
  );
}

function Shown({ stats }: { stats: Stats }) {
  const may = useMay();
  const mayOnServer = useMayOnServer();
  const linked = (to: string, mayLook: boolean): string | undefined => (mayLook ? to : undefined);
  const machines: Figure[] = [
    ['service accounts', stats.serviceAccounts, linked('/org/serviceaccounts', may('serviceaccounts:read'))],
    ['service account tokens', stats.serviceAccountTokens],
    ['API keys', stats.apiKeys, linked('/org/apikeys', may('apikeys:read'))],
  ];
  const people: Figure[] = [
    ['users', stats.users, linked('/admin/users', mayOnServer('users:read'))],
    ['of them Admins somewhere', stats.admins],
    ['of them Editors at most', stats.editors],
    ['of them Viewers at most', stats.viewers],
    ['teams', stats.teams, linked('/org/teams', may('teams:read'))],
  ];
  const activity: Figure[] = [
    ['users in the last 30 days', stats.activeUsers],
    ['of them Admins', stats.activeAdmins],
    ['of them Editors', stats.activeEditors],
    ['of them Viewers', stats.activeViewers],
    ['users in the last 24 hours', stats.dailyActiveUsers],
    ['sessions used in the last 30 days', stats.activeSessions],
    ['sessions used in the last 24 hours', stats.dailyActiveSessions],
  ];
  const content: Figure[] = [
    ['organizations', stats.orgs, linked('/admin/orgs', mayOnServer('orgs:read'))],
    ['dashboards', stats.dashboards, '/dashboards'],
    ['folders', stats.folders, '/dashboards'],
    ['different tags', stats.tags],
    ['stars', stats.stars],
    ['data sources', stats.datasources, linked('/datasources', may('datasources:read'))],
    ['playlists', stats.playlists],
  ];
  return (
    <PageFrame
      title="Statistics"
      about="Of the whole server, over all of its organizations. The links lead to what there is in this one."
    >
      <SimpleGrid cols={COLUMNS}>
        <Figures title="Machines" figures={machines} />
        <Figures title="People" figures={people} />
        <Figures title="Who was here" figures={activity} />
        <Figures title="What there is" figures={content} />
      </SimpleGrid>
      {mayOnServer('orgs:write') && <LimitedOnServer />}
    </PageFrame>
  );
}
