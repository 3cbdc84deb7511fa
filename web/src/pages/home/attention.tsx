import { SimpleGrid, Skeleton, Text } from '@mantine/core';
import type { Answer } from '../../lib/api.ts';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { Section } from '../../parts/section.tsx';
import { TimeText } from '../../parts/time-text.tsx';
import { AttentionList, type Item } from './attention-list.tsx';

type Found = Answer<'/api/org/attention', 'get'>;

interface Props {
  asked: { data: Found | undefined; error: unknown; refetch(): unknown };
}

/** What somebody should look at before it breaks, or before somebody else makes use of it. */
export function Attention({ asked: { data, error, refetch } }: Props) {
  return (
    <Section title="Needs attention">
      <ProblemAlert error={data === undefined ? error : null} onRetry={() => void refetch()} />
      {data === undefined && error === null && <Skeleton height="15rem" />}
      {data !== undefined && (
        <>
          <Leaked found={data} />
          <SimpleGrid cols={{ base: 1, md: 3 }} spacing="lg" mih="13rem">
            <Expiring found={data} />
            <Unused found={data} />
            <Disabled found={data} />
          </SimpleGrid>
          <Text size="sm" c="dimmed">
            {besides(data)}
          </Text>
        </>
      )}
    </Section>
  );
}

/** Only where there are any: it is no matter of every day. */
function Leaked({ found: { leaked } }: { found: Found }) {
  if (leaked.length === 0) return null;
  const items = leaked.map(({ id, name, kind, at, url }) => ({
    key: `${kind} ${id}`,
    name,
    to: kind === 'token' ? '/org/serviceaccounts' : '/org/apikeys',
    of: kind === 'token' ? 'token' : 'API key',
    about: (
      <>
        revoked <TimeText at={at} />
        {url !== '' && `, found at ${url}`}
      </>
    ),
  }));
  return (
    <AttentionList
      title="Leaked within 30 days"
      items={items}
      count={items.length}
      none="Nothing leaked."
      advice="Nobody gets in with them any more. Add a new one for whoever needs it, and look under Changes for what was done with the old one."
    />
  );
}

function Expiring({ found }: { found: Found }) {
  const { counts, expiringTokens, expiringKeys = [] } = found;
  const items = [...expiringTokens, ...expiringKeys]
    .toSorted((one, other) => one.expiration.localeCompare(other.expiration))
    .map((row) => itemOf(row, <TimeText at={row.expiration} />));
  return (
    <AttentionList
      title="Expire within 30 days"
      items={items}
      count={counts.expiringTokens + (counts.expiringKeys ?? 0)}
      none="No token and no key expires within 30 days."
      advice="Add a new token, put it in the place of the old one, and delete the old one. Nothing has to stop in between."
    />
  );
}

function Unused({ found }: { found: Found }) {
  const { counts, unusedTokens, unusedKeys = [] } = found;
  const since = ({ lastUsedAt, created }: { lastUsedAt: string | null; created: string }) =>
    lastUsedAt ?? created;
  const items = [...unusedTokens, ...unusedKeys]
    .toSorted((one, other) => since(one).localeCompare(since(other)))
    .map((row) => itemOf(row, <TimeText at={row.lastUsedAt} never="never used" />));
  return (
    <AttentionList
      title="Unused for 90 days"
      items={items}
      count={counts.unusedTokens + (counts.unusedKeys ?? 0)}
      none="Every token and key that is old enough was used within 90 days."
      advice="Ask whose it is. If nobody knows, revoke it: a revoked one can still be looked at, and nobody gets in with it."
    />
  );
}

function Disabled({ found: { counts, disabledServiceAccounts } }: { found: Found }) {
  const items = disabledServiceAccounts.map(({ id, name, tokens }) => ({
    key: String(id),
    name,
    to: `/org/serviceaccounts/${id}`,
    about: tokens === 0 ? 'no tokens' : `${tokens} ${tokens === 1 ? 'token' : 'tokens'}, refused`,
  }));
  return (
    <AttentionList
      title="Disabled accounts"
      items={items}
      count={counts.disabledServiceAccounts}
      none="No service account is disabled."
      advice="Enable it on its page if it is needed again; otherwise delete it there, with its tokens."
    />
  );
}

type Row = { id: number; name: string } & (
  { serviceAccountId: number; serviceAccountName: string } | { role: string }
);

function itemOf(row: Row, when: Item['about']): Item {
  if ('role' in row)
    return { key: `key ${row.id}`, name: row.name, to: '/org/apikeys', of: 'API key', about: when };
  const { id, name, serviceAccountId, serviceAccountName } = row;
  const to = `/org/serviceaccounts/${serviceAccountId}`;
  return { key: `token ${id}`, name, to, of: `token of ${serviceAccountName}`, about: when };
}

/** What is no matter of today, in a sentence. */
function besides({ neverExpiring, expired, revoked }: Found): string {
  const count = ({ tokens, keys = 0 }: Found['expired']): string => (tokens + keys).toLocaleString('en');
  return `Among all tokens and keys: ${count(neverExpiring)} that never expire, ${count(expired)} expired, ${count(revoked)} revoked.`;
}
