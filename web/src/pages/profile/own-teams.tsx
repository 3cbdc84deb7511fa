import { asSentence } from '../../lib/as-sentence.ts';
import { type Answer, api } from '../../lib/api.ts';
import { useMay, useSession } from '../../lib/session.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Section } from '../../parts/section.tsx';
import { TextLink } from '../../parts/text-link.tsx';

type Team = Answer<'/api/user/teams', 'get'>[number];

/** The teams that one is in, in the organization that is acted in. */
export function OwnTeams() {
  const may = useMay();
  const { user } = useSession();
  const teams = api.useQuery('get', '/api/user/teams');
  const columns: Column<Team>[] = [
    {
      title: 'Name',
      render: ({ id, name }) =>
        may('teams:read') ? (
          <TextLink to="/org/teams/$id" params={{ id: String(id) }}>
            {name}
          </TextLink>
        ) : (
          name
        ),
    },
    { title: 'Email', render: ({ email }) => email, from: 'sm' },
    { title: 'Members', render: ({ memberCount }) => memberCount, align: 'right', width: 100 },
  ];
  return (
    <Section title="Teams" about={user.orgName === '' ? undefined : `In ${asSentence(user.orgName)}`}>
      <DataTable
        label="your teams"
        columns={columns}
        rows={teams.data}
        keyOf={({ id }) => id}
        error={teams.error}
        onRetry={() => void teams.refetch()}
        empty={<EmptyState title="You are in no team here" />}
      />
    </Section>
  );
}
