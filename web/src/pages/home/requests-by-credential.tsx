import { Text } from '@mantine/core';
import { type Answer, api } from '../../lib/api.ts';
import { TextLink } from '../../parts/text-link.tsx';
import { ChartOrTable } from './chart-or-table.tsx';
import { CountsTable } from '../../parts/counts-table.tsx';
import type { Period } from '../../lib/usage-periods.ts';
import { add, type Counts, sumOf } from '../../lib/statuses.ts';

type Group = Answer<'/api/usage', 'get'>['groups'][number];
type Credential = NonNullable<Group['credential']>;

interface Asker {
  key: string;
  credential: Credential;
  counts: Counts;
}

const IN_CHART = 8;
const IN_TABLE = 100;

/** Who asked most, and how it was answered. */
export function RequestsByCredential({ period, from }: { period: Period; from: string }) {
  const usage = api.useQuery(
    'get',
    '/api/usage',
    { params: { query: { groupBy: 'credential,status', from } } },
    { placeholderData: (before) => before },
  );
  const askers = usage.data && askersOf(usage.data.groups);
  const [first] = askers ?? [];
  const caption = `Requests in ${period.words} by credential`;
  return (
    <ChartOrTable
      title="Who asked"
      summary={
        first === undefined
          ? caption
          : `${caption}: most by ${nameOf(first.credential)}, ${sumOf(first.counts).toLocaleString('en')}.`
      }
      asked={usage}
      rows={askers
        ?.slice(0, IN_CHART)
        .map(({ credential, counts }) => ({ title: nameOf(credential), counts }))}
      isLying
      none={`Nobody asked anything in ${period.words}.`}
      table={
        <CountsTable
          caption={caption}
          heading="Credential"
          rows={(askers ?? []).slice(0, IN_TABLE).map(({ key, credential, counts }) => ({
            key,
            title: <Named credential={credential} />,
            counts,
          }))}
        />
      }
    />
  );
}

function askersOf(groups: readonly Group[]): Asker[] {
  const askers = new Map<string, Asker>();
  for (const { credential, status = '', requests } of groups) {
    if (credential === undefined) continue;
    const key = `${credential.kind}:${credential.id}`;
    const { counts } = askers.get(key) ?? { counts: {} };
    askers.set(key, { key, credential, counts });
    add(counts, status, requests);
  }
  return [...askers.values()].toSorted((one, other) => sumOf(other.counts) - sumOf(one.counts));
}

/** What tells it from the others, in few letters. */
function nameOf({ kind, id, name }: Credential): string {
  if (kind === 'none') return 'Nobody';
  if (name === null) return `${KINDS[kind] ?? kind} ${id}`;
  if (kind === 'session') return `${name} (browser)`;
  return kind === 'password' ? `${name} (password)` : name;
}

const KINDS: Record<string, string> = {
  'api-key': 'API key',
  token: 'token',
  password: 'password',
  session: 'session in the browser',
};

function Named({ credential }: { credential: Credential }) {
  const { kind, owner, name } = credential;
  const path =
    owner !== undefined
      ? `/org/serviceaccounts/${owner.id}`
      : kind === 'api-key'
        ? '/org/apikeys'
        : undefined;
  return (
    <>
      {path !== undefined && name !== null ? <TextLink to={path}>{name}</TextLink> : nameOf(credential)}
      <Text size="xs" c="dimmed">
        {kind === 'none' ? 'without a credential' : (KINDS[kind] ?? kind)}
        {owner !== undefined && ` of ${owner.name}`}
        {name === null && kind !== 'none' && ', gone by now'}
      </Text>
    </>
  );
}
