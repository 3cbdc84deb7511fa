import { SimpleGrid, useMantineColorScheme } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { api, client } from '../../lib/api.ts';
import { sessionQuery, useSession } from '../../lib/session.ts';
import { PageFrame } from '../../parts/page-frame.tsx';
import { PreferencesSection } from '../../parts/preferences-section.tsx';
import { Section } from '../../parts/section.tsx';
import { SessionTable } from '../../parts/session-table.tsx';
import { StateTag } from '../../parts/state-tag.tsx';
import { schemeOf } from '../../theme/color-scheme.ts';
import { OwnNames } from './own-names.tsx';
import { OwnOrgs } from './own-orgs.tsx';
import { OwnPassword } from './own-password.tsx';
import { OwnTeams } from './own-teams.tsx';

/** What is one's own: names, password, preferences, organizations, sessions. */
export function ProfilePage() {
  const { user } = useSession();
  return (
    <PageFrame
      title="Profile"
      about={`You are signed in as ${user.login}.`}
      tags={user.isGrafanaAdmin && <StateTag tone="accent">Server administrator</StateTag>}
    >
      <SimpleGrid cols={{ base: 1, lg: 2 }}>
        <OwnNames />
        <OwnPassword />
      </SimpleGrid>
      <OwnPreferences />
      <OwnOrgs />
      <OwnTeams />
      <OwnSessions />
    </PageFrame>
  );
}

function OwnPreferences() {
  const { user } = useSession();
  const { setColorScheme } = useMantineColorScheme();
  const queries = useQueryClient();
  const preferences = api.useQuery('get', '/api/user/preferences', {}, { enabled: user.orgId !== 0 });
  if (user.orgId === 0) return null;
  return (
    <PreferencesSection
      about={`They count for you in ${user.orgName}, and the theme for this browser at once.`}
      asked={preferences}
      save={async (body) => {
        await client.PATCH('/api/user/preferences', { body });
        if (body.theme === preferences.data?.theme) return;
        // Without a theme of one's own it is the team's, the organization's or the server's.
        const session = await queries.fetchQuery({ ...sessionQuery, staleTime: 0 });
        setColorScheme(schemeOf(session.user.theme) ?? 'dark');
      }}
    />
  );
}

function OwnSessions() {
  const sessions = api.useQuery('get', '/api/user/auth-tokens');
  return (
    <Section title="Sessions" about="Where you are signed in to this page.">
      <SessionTable
        asked={sessions}
        end={(authTokenId) => client.POST('/api/user/revoke-auth-token', { body: { authTokenId } })}
      />
    </Section>
  );
}
