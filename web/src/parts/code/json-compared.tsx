import {
  Button,
  Group,
  Paper,
  SegmentedControl,
  Stack,
  Switch,
  Text,
  useComputedColorScheme,
  useMantineTheme,
} from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { goToNextChunk, goToPreviousChunk } from '@codemirror/merge';
import type { EditorView } from '@codemirror/view';
import { useEffect, useRef, useState } from 'react';
import type { JsonDiffProps } from '../json-diff.tsx';
import { type Compared, type Layout, showCompared } from './compared.ts';

const LAYOUTS = [
  { value: 'sides', label: 'Side by side' },
  { value: 'unified', label: 'Unified' },
];

/** The comparison itself; json-diff.tsx loads it where it is wanted. */
export function JsonCompared({ before, after, height }: JsonDiffProps) {
  const isDark = useComputedColorScheme('dark') === 'dark';
  const { breakpoints } = useMantineTheme();
  const isNarrow = useMediaQuery(`(max-width: ${breakpoints.md})`, undefined, {
    getInitialValueInEffect: false,
  });
  const [chosen, setChosen] = useState<Layout>();
  const [isWhole, setIsWhole] = useState(false);
  const [compared, setCompared] = useState<Compared>();
  const box = useRef<HTMLDivElement>(null);
  const layout = chosen ?? (isNarrow ? 'unified' : 'sides');

  useEffect(() => {
    const made = showCompared(box.current as HTMLDivElement, {
      before: { label: before.label, text: before.text },
      after: { label: after.label, text: after.text },
      layout,
      isWhole,
      isDark,
    });
    setCompared(made);
    return made.destroy;
  }, [before.label, before.text, after.label, after.text, layout, isWhole, isDark]);

  const go = (command: (view: EditorView) => boolean) => () => {
    if (compared !== undefined) command(compared.view);
  };
  const count = compared?.count ?? 0;
  return (
    <Stack gap="xs">
      <Group gap="sm" mih="2rem">
        <SegmentedControl
          aria-label="How the difference is shown"
          data={LAYOUTS}
          value={layout}
          onChange={(value) => setChosen(value as Layout)}
        />
        <Switch
          label="Show what is the same"
          size="sm"
          checked={isWhole}
          onChange={(event) => setIsWhole(event.currentTarget.checked)}
        />
        <Button variant="default" disabled={count === 0} onClick={go(goToPreviousChunk)}>
          Previous change
        </Button>
        <Button variant="default" disabled={count === 0} onClick={go(goToNextChunk)}>
          Next change
        </Button>
        <Text size="sm" c="dimmed" aria-live="polite">
          {countText(count)}
        </Text>
      </Group>
      <Group grow gap={0} wrap={layout === 'sides' ? 'nowrap' : 'wrap'}>
        <Text size="sm" fw={500}>
          {layout === 'sides' ? before.label : `From ${before.label} (removed) to ${after.label} (added)`}
        </Text>
        {layout === 'sides' && (
          <Text size="sm" fw={500}>
            {after.label}
          </Text>
        )}
      </Group>
      <Paper p={0} ref={box} style={{ maxHeight: height, overflow: 'auto' }} />
    </Stack>
  );
}

function countText(count: number): string {
  if (count === 0) return 'They are the same';
  return count === 1 ? '1 place differs' : `${count} places differ`;
}
