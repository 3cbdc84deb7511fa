import { Group, Skeleton, Text } from '@mantine/core';
import { asSentence } from '../../lib/as-sentence.ts';
import { api } from '../../lib/api.ts';
import { useSession } from '../../lib/session.ts';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { Section } from '../../parts/section.tsx';
import { TextLink } from '../../parts/text-link.tsx';

/** The teams that somebody is in, in the organization that is acted in. */
export function UserTeams({ userId }: { userId: number }) {
  const { user } = useSession();
  const teams = api.useQuery('get', '/api/users/{id}/teams', { params: { path: { id: userId } } });
  return (
    <Section
      title="Teams"
      about={`In ${asSentence(user.orgName)} Who is in a team is decided on the team’s own page.`}
    >
      <ProblemAlert error={teams.error} onRetry={() => void teams.refetch()} />
      {teams.isPending && <Skeleton height="1.5rem" maw="20rem" />}
      {teams.data?.length === 0 && <Text size="sm">In no team.</Text>}
      <Group fz="sm">
        {teams.data?.map(({ id, name }) => (
          <TextLink key={id} to="/org/teams/$id" params={{ id: String(id) }}>
            {name}
          </TextLink>
        ))}
      </Group>
    </Section>
  );
}
