import { Group, SegmentedControl, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { EmptyState } from '../../../parts/empty-state.tsx';
import { BandDrawing } from './band-drawing.tsx';
import { PanelTable } from './panel-table.tsx';
import { bandsOf } from './panels.ts';

const VIEWS = [
  { value: 'drawing', label: 'Drawing' },
  { value: 'list', label: 'List' },
];

/** Where the panels of a dashboard lie, as a drawing and as a list. */
export function LayoutTab({ dashboard }: { dashboard: unknown }) {
  const [view, setView] = useState('drawing');
  const bands = bandsOf(dashboard);
  const count = bands.reduce((sum, { panels }) => sum + panels.length, 0);
  if (bands.length === 0) {
    return (
      <EmptyState
        title="No panels in this dashboard"
        advice="Panels stand in the member panels of its JSON, each with a title, a type and a gridPos."
      />
    );
  }
  return (
    <Stack gap="md">
      <Group gap="sm">
        <SegmentedControl
          aria-label="How the panels are shown"
          data={VIEWS}
          value={view}
          onChange={setView}
        />
        <Text size="sm" c="dimmed">
          {count === 1 ? '1 panel' : `${count} panels`}. Latchkey shows where panels are; Grafana draws what
          is in them.
        </Text>
      </Group>
      {view === 'list' ? (
        <PanelTable bands={bands} />
      ) : (
        bands.map((band, at) => <BandDrawing key={at} band={band} />)
      )}
    </Stack>
  );
}
