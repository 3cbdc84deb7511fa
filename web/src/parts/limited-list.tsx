import { Stack, Text } from '@mantine/core';
import type { Answer } from '../lib/api.ts';
import { type Column, DataTable } from './data-table.tsx';
import { Section } from './section.tsx';
import { StateTag } from './state-tag.tsx';
import { TextLink } from './text-link.tsx';
import { TimeText } from './time-text.tsx';

type Limits = Answer<'/api/rate-limits', 'get'>;
type Limited = Limits['limited'][number];

const KINDS: Record<string, string> = {
  'api-key': 'API key',
  token: 'token',
  password: 'password',
  session: 'session in the browser',
  address: 'address without a known credential',
};

/** Who was answered 429 within the last quarter of an hour, since when and how often. */
export function LimitedList({ limits }: { limits: Limits }) {
  const { enabled, perSecond, burst, limited } = limits;
  return (
    <Section
      title="Limited lately"
      about={
        enabled
          ? `Whose requests were refused within the last 15 minutes. Each credential may send ${perSecond} a second, ${burst} at once.`
          : 'Who sent too many wrong passwords or keys within the last 15 minutes. Requests themselves are not limited here.'
      }
    >
      <DataTable
        label="Limited lately"
        columns={COLUMNS}
        rows={limited}
        keyOf={({ kind, id = 0, orgId = 0, address, reason }) =>
          `${kind} ${id} ${orgId} ${id === 0 ? address : ''} ${reason}`
        }
        empty="Nobody was limited in the last 15 minutes"
      />
    </Section>
  );
}

const COLUMNS: Column<Limited>[] = [
  { title: 'Who', render: (limited) => <Who limited={limited} /> },
  { title: 'From', from: 'sm', render: ({ address }) => address },
  { title: 'Since', from: 'sm', render: ({ since }) => <TimeText at={since} /> },
  {
    title: 'Last refused',
    render: ({ lastAt, isLimited }) => (
      <Stack gap={4} align="flex-start">
        <TimeText at={lastAt} />
        {isLimited && <StateTag tone="bad">Limited</StateTag>}
      </Stack>
    ),
  },
  { title: 'Refused', align: 'right', render: ({ refused }) => refused.toLocaleString('en') },
];

function Who({ limited: { kind, id, name, owner, address, reason } }: { limited: Limited }) {
  const title = name ?? (id === undefined ? address : `${KINDS[kind] ?? kind} ${id}`);
  const path = owner ? `/org/serviceaccounts/${owner.id}` : kind === 'api-key' ? '/org/apikeys' : undefined;
  return (
    <>
      {path === undefined ? title : <TextLink to={path}>{title}</TextLink>}
      <Text size="xs" c="dimmed">
        {reason === 'requests' ? (KINDS[kind] ?? kind) : 'too many wrong passwords or keys'}
        {owner !== undefined && ` of ${owner.name}`}
      </Text>
    </>
  );
}
