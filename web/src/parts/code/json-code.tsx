import { Button, Group, Stack, Text, useComputedColorScheme } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { EditorView } from '@codemirror/view';
import { useEffect, useEffectEvent, useRef } from 'react';
import { jsonProblem } from '../../lib/json-problem.ts';
import type { JsonEditorProps } from '../json-editor.tsx';
import { changeTo, fromOutside, jsonState, lookOf } from './json-state.ts';

const PAUSE_MS = 400;

/** The editor itself; json-editor.tsx loads it where it is wanted. */
export function JsonCode({ label, value, onChange, readOnly = false, height }: JsonEditorProps) {
  const isDark = useComputedColorScheme('dark') === 'dark';
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const tell = useEffectEvent((text: string) => onChange?.(text));
  const now = useEffectEvent(() => ({ doc: value, isDark }));

  useEffect(() => {
    const state = jsonState({ ...now(), label, readOnly, onChange: (text) => tell(text) });
    const made = new EditorView({ state, parent: box.current as HTMLDivElement });
    view.current = made;
    return () => made.destroy();
  }, [label, readOnly]);

  useEffect(() => {
    view.current?.dispatch({ effects: lookOf(isDark) });
  }, [isDark]);

  useEffect(() => {
    const before = view.current?.state.doc.toString();
    if (before === undefined || before === value) return;
    view.current?.dispatch({ changes: changeTo(before, value), annotations: fromOutside.of(true) });
  }, [value]);

  return (
    <Stack gap="xs">
      <div
        ref={box}
        style={{
          height,
          resize: 'vertical',
          overflow: 'hidden',
          border: '1px solid var(--mantine-color-default-border)',
          borderRadius: 'var(--mantine-radius-default)',
        }}
      />
      {!readOnly && <Verdict text={value} onGo={(offset) => goTo(view.current, offset)} />}
    </Stack>
  );
}

function goTo(view: EditorView | null, offset: number): void {
  view?.dispatch({
    selection: { anchor: offset },
    effects: EditorView.scrollIntoView(offset, { y: 'center' }),
  });
  view?.focus();
}

/** Whether it is JSON, said a moment after the last letter, so that nobody is interrupted at each of them. */
function Verdict({ text, onGo }: { text: string; onGo(offset: number): void }) {
  const [settled] = useDebouncedValue(text, PAUSE_MS);
  const problem = jsonProblem(settled);
  return (
    <Group gap="sm" mih="1.75rem">
      <Text size="sm" c={problem === undefined ? 'dimmed' : 'var(--page-bad)'} aria-live="polite">
        {problem === undefined
          ? 'Valid JSON'
          : `Line ${problem.line}, column ${problem.column}: ${problem.message}`}
      </Text>
      {problem !== undefined && (
        <Button variant="default" size="compact-xs" onClick={() => onGo(problem.offset)}>
          Go to line {problem.line}
        </Button>
      )}
    </Group>
  );
}
