import { Code, ScrollArea, Table, Text } from '@mantine/core';
import type { Change } from '../../lib/change-words.ts';
import { useSession } from '../../lib/session.ts';
import { exactTime } from '../../lib/time.ts';

type Values = Record<string, unknown>;

/** The fields of a change as they are since, and as they were where that is recorded. */
export function WhatChanged({ change: { change } }: { change: Change }) {
  const { before, ...after } = change;
  const old = isObject(before) ? before : {};
  const names = [...new Set([...Object.keys(old), ...Object.keys(after)])];
  const isCompared = Object.keys(old).length > 0;
  if (names.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        Nothing besides is recorded.
      </Text>
    );
  }
  return (
    <ScrollArea type="auto" viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': 'What changed' }}>
      <Table highlightOnHover={false}>
        <Table.Caption hidden>What changed</Table.Caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Field</Table.Th>
            {isCompared && <Table.Th scope="col">Before</Table.Th>}
            <Table.Th scope="col">{isCompared ? 'After' : 'Value'}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {names.map((name) => (
            <Table.Tr key={name}>
              <Table.Th scope="row" fw={400} style={{ verticalAlign: 'top' }}>
                {name}
              </Table.Th>
              {isCompared && <Value name={name} values={old} />}
              <Value name={name} values={after} />
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea>
  );
}

function Value({ name, values }: { name: string; values: Values }) {
  const { user } = useSession();
  const value = values[name];
  const isLong = typeof value === 'object' && value !== null;
  const text =
    typeof value === 'number' && /(At|_at)$/.test(name)
      ? exactTime(new Date(value), user.timezone)
      : words(value);
  return <Table.Td>{isLong ? <Code block>{JSON.stringify(value, null, 2)}</Code> : text}</Table.Td>;
}

function words(value: unknown): string {
  if (value === null || value === undefined || value === '') return 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
