import { Group, SegmentedControl, Stack, Text, Title } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { MovedKey } from '../../../../client/shapes.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { StateTag } from '../../parts/state-tag.tsx';
import { TextLink } from '../../parts/text-link.tsx';
import { counted } from './counted.ts';

const PER_PAGE = 15;
const OUTCOMES = {
  moved: { title: 'Moved', tone: 'good' },
  skipped: { title: 'Skipped', tone: 'warning' },
  'already moved': { title: 'Moved before', tone: 'quiet' },
  'would move': { title: 'Would move', tone: 'quiet' },
} as const;

const COLUMNS: Column<MovedKey>[] = [
  { title: 'API key', render: ({ name }) => name },
  {
    title: 'Outcome',
    render: ({ outcome }) => <StateTag tone={OUTCOMES[outcome].tone}>{OUTCOMES[outcome].title}</StateTag>,
  },
  {
    title: 'Where it is now',
    render: ({ serviceAccountId, serviceAccount, reason }) =>
      serviceAccountId === undefined ? (
        reason
      ) : (
        <TextLink to="/org/serviceaccounts/$id" params={{ id: String(serviceAccountId) }}>
          {serviceAccount}
        </TextLink>
      ),
  },
];

/** What a migration did with each key. */
export function MigrationReport({ keys, isWhole }: { keys: MovedKey[]; isWhole: boolean }) {
  const [page, setPage] = useState(1);
  const [shown, setShown] = useState('all');
  const heading = useRef<HTMLHeadingElement>(null);
  // The dialog that was asked in is gone: whoever listens or goes by keyboard is led to what it did.
  useEffect(() => heading.current?.focus(), []);
  const outcomes = Map.groupBy(keys, ({ outcome }) => outcome);
  const count = (outcome: MovedKey['outcome']): number => outcomes.get(outcome)?.length ?? 0;
  const parts = [
    `${counted(count('moved'), 'API key')} moved to service accounts`,
    `${count('skipped')} skipped`,
    `${count('already moved')} had moved before`,
  ];
  const rows = shown === 'all' ? keys : (outcomes.get(shown as MovedKey['outcome']) ?? []);
  return (
    <Stack gap="sm">
      <Title order={3} ref={heading} tabIndex={-1}>
        {isWhole ? 'The migration is complete' : 'The migration was stopped on the way'}
      </Title>
      <Group justify="space-between">
        <Text size="sm">{parts.join(', ')}.</Text>
        <SegmentedControl
          aria-label="Keys in the report"
          value={shown}
          onChange={(outcome) => {
            setShown(outcome);
            setPage(1);
          }}
          data={[
            { value: 'all', label: 'All' },
            ...[...outcomes.keys()].map((value) => ({ value, label: OUTCOMES[value].title })),
          ]}
        />
      </Group>
      <DataTable
        label="migrated keys"
        columns={COLUMNS}
        rows={rows.slice((page - 1) * PER_PAGE, page * PER_PAGE)}
        keyOf={({ id }) => id}
        empty="There was no API key to migrate"
        paging={{ page, perPage: PER_PAGE, total: rows.length, onPage: setPage }}
      />
    </Stack>
  );
}
