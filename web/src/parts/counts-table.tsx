import { ScrollArea, Table } from '@mantine/core';
import type { ReactNode } from 'react';
import { type Counts, statusesIn, sumOf } from '../lib/statuses.ts';

interface Props {
  /** What the table is of. */
  caption: string;
  /** What the rows are called by. */
  heading: string;
  rows: { key: string; title: ReactNode; counts: Counts }[];
}

/** The same figures as the chart's. */
export function CountsTable({ caption, heading, rows }: Props) {
  const shown = statusesIn(rows.map(({ counts }) => counts));
  return (
    <ScrollArea.Autosize
      mah="20rem"
      type="auto"
      offsetScrollbars="y"
      viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': caption }}
    >
      <Table stickyHeader>
        <Table.Caption hidden>{caption}</Table.Caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{heading}</Table.Th>
            {shown.map(({ name, label }) => (
              <Table.Th key={name} scope="col" ta="right">
                {label}
              </Table.Th>
            ))}
            <Table.Th scope="col" ta="right">
              All
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ key, title, counts }) => (
            <Table.Tr key={key}>
              <Table.Th scope="row" fw={400}>
                {title}
              </Table.Th>
              {shown.map(({ name }) => (
                <Table.Td key={name} ta="right">
                  {(counts[name] ?? 0).toLocaleString('en')}
                </Table.Td>
              ))}
              <Table.Td ta="right">{sumOf(counts).toLocaleString('en')}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea.Autosize>
  );
}
