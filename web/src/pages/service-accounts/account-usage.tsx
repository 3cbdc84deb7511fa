import { Group, Paper, Stack, Text, Title } from '@mantine/core';
import { type Answer, api } from '../../lib/api.ts';
import { add, type Counts, sumOf } from '../../lib/statuses.ts';
import { beginOf, type Period } from '../../lib/usage-periods.ts';
import { CountsTable } from '../../parts/counts-table.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { PeriodChoice, usePeriod } from '../../parts/period-choice.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';

type Group = Answer<'/api/usage', 'get'>['groups'][number];

const CALLERS_SHOWN = 100;

interface Props {
  account: { id: number; name: string };
}

/** Who uses an account: how its tokens were answered, and where they were used from. */
export function AccountUsage({ account }: Props) {
  const period = usePeriod();
  return (
    <Stack>
      <Group justify="space-between">
        <Text size="sm" c="dimmed" maw="46rem">
          Requests in this organization with the tokens that the account has now, counted by the hour.
        </Text>
        <PeriodChoice />
      </Group>
      <ByToken account={account} period={period} />
      <Callers account={account} period={period} />
    </Stack>
  );
}

interface PartProps extends Props {
  period: Period;
}

function useUsage({ account, period }: PartProps, groupBy: string, limit?: number) {
  const query = { credential: `service-account:${account.id}`, groupBy, from: beginOf(period) };
  return api.useQuery(
    'get',
    '/api/usage',
    { params: { query: { ...query, ...(limit === undefined ? {} : { limit }) } } },
    { placeholderData: (before) => before },
  );
}

function ByToken(props: PartProps) {
  const usage = useUsage(props, 'credential,status');
  const tokens = new Map<number, { name: string; counts: Counts }>();
  for (const { credential, status = '', requests } of usage.data?.groups ?? []) {
    if (credential === undefined) continue;
    const token = tokens.get(credential.id) ?? { name: credential.name ?? '', counts: {} };
    tokens.set(credential.id, token);
    add(token.counts, status, requests);
  }
  const rows = [...tokens].map(([id, { name, counts }]) => ({ key: String(id), title: name, counts }));
  return (
    <>
      <Title order={3}>Requests by token</Title>
      <ProblemAlert error={usage.error} onRetry={() => void usage.refetch()} />
      {usage.data?.groups.length === 0 ? (
        <Paper p={0}>
          <EmptyState title={`None of its tokens was used in ${props.period.words}`} />
        </Paper>
      ) : (
        <Paper p={0}>
          <CountsTable
            caption={`Requests in ${props.period.words} by token`}
            heading="Token"
            rows={rows.toSorted((one, other) => sumOf(other.counts) - sumOf(one.counts))}
          />
        </Paper>
      )}
    </>
  );
}

const COLUMNS: Column<Group>[] = [
  { title: 'Address', render: ({ address }) => address },
  { title: 'Token', render: ({ credential }) => credential?.name },
  { title: 'Requests', render: ({ requests }) => requests.toLocaleString('en'), align: 'right' },
];

function Callers(props: PartProps) {
  const usage = useUsage(props, 'credential,address', CALLERS_SHOWN);
  if (usage.data?.groups.length === 0) return null;
  return (
    <>
      <Title order={3}>Where they were used from</Title>
      <DataTable
        label={`addresses that use ${props.account.name}`}
        columns={COLUMNS}
        rows={usage.data?.groups}
        keyOf={({ address, credential }) => `${credential?.kind} ${credential?.id} ${address}`}
        error={usage.error}
        onRetry={() => void usage.refetch()}
        empty="Nowhere"
      />
      {usage.data?.isCut === true && (
        <Text size="sm" c="dimmed">
          The {CALLERS_SHOWN} with the most requests.
        </Text>
      )}
    </>
  );
}
