import { useMutation } from '@tanstack/react-query';
import { type Answer, api } from '../../lib/api.ts';
import { switchOrg, useSession } from '../../lib/session.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { RowButton } from '../../parts/row-button.tsx';
import { Section } from '../../parts/section.tsx';
import { StateTag } from '../../parts/state-tag.tsx';

type Org = Answer<'/api/user/orgs', 'get'>[number];

/** The organizations that one is in, and a way into each. */
export function OwnOrgs() {
  const { user } = useSession();
  const orgs = api.useQuery('get', '/api/user/orgs');
  const change = useMutation({ mutationFn: switchOrg });
  const columns: Column<Org>[] = [
    { title: 'Name', render: ({ name }) => name },
    { title: 'Role', render: ({ role }) => role },
    {
      title: 'Use',
      isTitleHidden: true,
      align: 'right',
      render: ({ orgId, name }) =>
        orgId === user.orgId ? (
          <StateTag tone="accent">You are here</StateTag>
        ) : (
          <RowButton
            title="Use this one"
            of={`(${name})`}
            isBusy={change.isPending && change.variables === orgId}
            onClick={() => change.mutate(orgId)}
          />
        ),
    },
  ];
  return (
    <Section title="Organizations">
      <ProblemAlert error={change.error} />
      <DataTable
        label="your organizations"
        columns={columns}
        rows={orgs.data}
        keyOf={({ orgId }) => orgId}
        error={orgs.error}
        onRetry={() => void orgs.refetch()}
        empty={
          <EmptyState
            title="You are in no organization"
            advice="Ask an Admin of one, or an administrator of the server, to add you."
          />
        }
      />
    </Section>
  );
}
