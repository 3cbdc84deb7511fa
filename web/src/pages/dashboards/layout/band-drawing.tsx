import { Box, Group, Paper, ScrollArea, Stack, Text, Title, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { ChevronDown, ChevronRight } from 'lucide-react';
import { type Band, COLUMNS, type Panel } from './panels.ts';

const ROW_HEIGHT = '1.25rem';
// Below that, titles of narrow panels could not be read; it scrolls.
const LEAST_WIDTH = '40rem';

/** The panels of one row in their places, below its title. */
export function BandDrawing({ band }: { band: Band }) {
  const { title, isCollapsed, panels } = band;
  const [isOpen, { toggle }] = useDisclosure(!isCollapsed);
  const Icon = isOpen ? ChevronDown : ChevronRight;
  return (
    <Stack gap="xs" component="section" aria-label={title ?? 'Panels above the first row'}>
      {title !== undefined && (
        <Title order={2} size="h3">
          {panels.length === 0 ? (
            <BandTitle title={title} note="no panels" />
          ) : (
            <UnstyledButton fz="inherit" fw="inherit" onClick={toggle} aria-expanded={isOpen}>
              <Group gap="xs" wrap="nowrap">
                <Icon size={16} aria-hidden />
                <BandTitle title={title} note={noteOf(band)} />
              </Group>
            </UnstyledButton>
          )}
        </Title>
      )}
      {isOpen && panels.length > 0 && (
        <ScrollArea
          viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': `Drawing of ${title ?? 'the panels'}` }}
        >
          <Box
            component="ol"
            m={0}
            p={0}
            miw={LEAST_WIDTH}
            style={{
              display: 'grid',
              gridTemplateColumns: `repeat(${COLUMNS}, minmax(0, 1fr))`,
              gridAutoRows: ROW_HEIGHT,
              gap: 'var(--mantine-spacing-xs)',
              listStyle: 'none',
            }}
          >
            {panels.map((panel, at) => (
              <PanelBox key={at} panel={panel} />
            ))}
          </Box>
        </ScrollArea>
      )}
    </Stack>
  );
}

function PanelBox({ panel: { title, type, x, y, width, height, repeat } }: { panel: Panel }) {
  return (
    <Paper
      component="li"
      p="xs"
      title={`${title} (${type})`}
      style={{
        gridColumn: `${x + 1} / span ${width}`,
        gridRow: `${y + 1} / span ${height}`,
        overflow: 'hidden',
      }}
    >
      <Text size="sm" fw={500} lh={1.2} truncate>
        {title}
      </Text>
      <Text size="xs" c="dimmed" lh={1.2} truncate>
        {type}
        {repeat !== '' && `, for each ${repeat}`}
      </Text>
    </Paper>
  );
}

function BandTitle({ title, note }: { title: string; note: string }) {
  return (
    <span>
      {title}{' '}
      <Text span size="sm" c="dimmed">
        {note}
      </Text>
    </span>
  );
}

function noteOf({ panels, isCollapsed }: Band): string {
  const count = panels.length === 1 ? '1 panel' : `${panels.length} panels`;
  return isCollapsed ? `${count}, collapsed` : count;
}
