import { Box, Group, SegmentedControl, Skeleton, Stack, Text, Title } from '@mantine/core';
import { lazy, type ReactNode, Suspense, useId, useState } from 'react';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import type { Counts } from '../../lib/statuses.ts';

const StatusBars = lazy(async () => ({ default: (await import('./status-bars.tsx')).StatusBars }));

const CHART_HEIGHT = '16rem';
const HEIGHT = '18rem';

interface Props {
  title: string;
  /** What the chart shows, in a sentence. */
  summary: string;
  asked: { error: unknown; refetch(): unknown };
  /** Undefined while they are on their way. */
  rows: { title: string; counts: Counts }[] | undefined;
  isLying?: boolean;
  /** In the place of both when there are no requests. */
  none: string;
  table: ReactNode;
}

/** Counts as a chart or as a table, in the same place. */
export function ChartOrTable({ title, summary, asked, rows, isLying, none, table }: Props) {
  const [form, setForm] = useState('chart');
  const id = useId();
  return (
    <Stack gap="sm" component="section" aria-labelledby={id}>
      <Group justify="space-between" gap="sm">
        <Title order={3} id={id}>
          {title}
        </Title>
        <SegmentedControl
          aria-label={`${title}: show as`}
          value={form}
          onChange={setForm}
          data={[
            { value: 'chart', label: 'Chart' },
            { value: 'table', label: 'Table' },
          ]}
        />
      </Group>
      <Stack mih={HEIGHT} justify="flex-start">
        {rows === undefined ? (
          <Waiting asked={asked} />
        ) : rows.length === 0 ? (
          <Text size="sm">{none}</Text>
        ) : form === 'table' ? (
          table
        ) : (
          <Box component="figure" m={0}>
            <div aria-hidden>
              <Suspense fallback={<Skeleton height={CHART_HEIGHT} />}>
                <StatusBars rows={rows} height={CHART_HEIGHT} {...(isLying === true && { isLying })} />
              </Suspense>
            </div>
            <Text component="figcaption" size="sm" c="dimmed">
              {summary}
            </Text>
          </Box>
        )}
      </Stack>
    </Stack>
  );
}

function Waiting({ asked: { error, refetch } }: Pick<Props, 'asked'>) {
  if (error !== null) return <ProblemAlert error={error} onRetry={() => void refetch()} />;
  return <Skeleton height={HEIGHT} />;
}
