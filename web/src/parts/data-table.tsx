import { Group, Pagination, Paper, ScrollArea, Skeleton, Table, Text, VisuallyHidden } from '@mantine/core';
import type { Key, ReactNode } from 'react';
import { useFocusKept } from '../lib/focus-kept.ts';
import { EmptyState } from './empty-state.tsx';
import { ProblemAlert } from './problem-alert.tsx';

export interface Column<Row> {
  title: string;
  render(row: Row): ReactNode;
  /** What stands above the column instead of its title, as a box to tick them all. */
  heading?: ReactNode;
  /** For screen readers alone, where a column of buttons needs no title to the eye. */
  isTitleHidden?: boolean;
  align?: 'left' | 'right';
  width?: number | string;
  /** The narrowest window that shows it; every window without. */
  from?: 'xs' | 'sm' | 'md' | 'lg';
}

interface Props<Row> {
  /** What the list is of, for screen readers. */
  label: string;
  columns: Column<Row>[];
  /** Undefined while the first page is on its way. */
  rows: Row[] | undefined;
  keyOf(row: Row): Key;
  /** What went wrong with the last look. */
  error?: unknown;
  onRetry?: () => void;
  /** Shown when there are no rows at all. */
  empty: ReactNode;
  /** Left out for a list that is whole. */
  paging?: { page: number; perPage: number; total: number; onPage(page: number): void };
}

const ROWS_WHILE_LOADING = 6;

/** A compact table that keeps its shape while it loads, says what went wrong, and goes page by page. */
export function DataTable<Row>({ label, columns, rows, keyOf, error, onRetry, empty, paging }: Props<Row>) {
  const { list, events } = useFocusKept();
  if (error !== null && error !== undefined) return <ProblemAlert error={error} onRetry={onRetry} />;
  if (rows?.length === 0 && (paging?.page ?? 1) === 1) {
    return <Paper p={0}>{typeof empty === 'string' ? <EmptyState title={empty} /> : empty}</Paper>;
  }
  return (
    <>
      <Paper p={0} pos="relative">
        <ScrollArea
          type="auto"
          viewportRef={list}
          viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': label, ...events }}
        >
          <Table aria-busy={rows === undefined}>
            <Table.Caption hidden>{label}</Table.Caption>
            <Table.Thead>
              <Table.Tr>
                {columns.map((column) => (
                  <Table.Th key={column.title} scope="col" fw={500} {...layoutOf(column)}>
                    {column.heading ??
                      (column.isTitleHidden ? <VisuallyHidden>{column.title}</VisuallyHidden> : column.title)}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows === undefined
                ? Array.from({ length: ROWS_WHILE_LOADING }, (_, at) => (
                    <Table.Tr key={at}>
                      {columns.map((column) => (
                        <Table.Td key={column.title} {...layoutOf(column)}>
                          <Skeleton height="1.4em" radius="sm" />
                        </Table.Td>
                      ))}
                    </Table.Tr>
                  ))
                : rows.map((row) => (
                    <Table.Tr key={keyOf(row)}>
                      {columns.map((column) => (
                        <Table.Td key={column.title} {...layoutOf(column)}>
                          {column.render(row)}
                        </Table.Td>
                      ))}
                    </Table.Tr>
                  ))}
            </Table.Tbody>
          </Table>
        </ScrollArea>
      </Paper>
      {paging !== undefined && <Pages {...paging} label={label} />}
    </>
  );
}

function layoutOf<Row>({ align = 'left', width, from }: Column<Row>) {
  return {
    ta: align,
    ...(width === undefined ? {} : { w: width }),
    ...(from === undefined ? {} : { visibleFrom: from }),
  };
}

function Pages({
  page,
  perPage,
  total,
  onPage,
  label,
}: NonNullable<Props<unknown>['paging']> & { label: string }) {
  const last = Math.max(1, Math.ceil(total / perPage));
  const count = total.toLocaleString('en');
  return (
    <Group justify="space-between">
      <Text size="sm" c="dimmed" aria-live="polite">
        {last === 1 ? `${count} in all` : `Page ${page} of ${last.toLocaleString('en')}, ${count} in all`}
      </Text>
      {last > 1 && (
        <Pagination
          value={page}
          total={last}
          onChange={onPage}
          component="nav"
          aria-label={`Pages of ${label}`}
          getControlProps={(control) => ({ 'aria-label': `${control} page` })}
          getItemProps={(at) => ({ 'aria-label': `Page ${at}` })}
        />
      )}
    </Group>
  );
}
