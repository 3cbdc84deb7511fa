import { Button, Group, Text } from '@mantine/core';
import { useState } from 'react';
import { useMay } from '../../lib/session.ts';
import { DeleteDialog } from './delete-dialog.tsx';
import { MoveDialog } from './move-dialog.tsx';
import type { Thing } from './things.ts';

interface Props {
  selected: readonly Thing[];
  /** Told what is to stay selected, by uid. */
  onSelect(left: ReadonlySet<string>): void;
}

/** Whether there is anything that the person may do to several folders and dashboards. */
export function useMayChangeSome(): boolean {
  const { mayMove, mayDelete } = usePowers();
  return mayMove || mayDelete;
}

/** What can be done to all that is selected. It keeps its place while nothing is. */
export function SelectionBar({ selected, onSelect }: Props) {
  const { mayMove, mayDelete } = usePowers();
  const [open, setOpen] = useState<{ dialog: 'move' | 'delete'; things: readonly Thing[] }>();
  const close = (): void => setOpen(undefined);
  const keep = (left: readonly Thing[]): void => onSelect(new Set(left.map(({ uid }) => uid)));
  const isNone = selected.length === 0;
  return (
    <Group gap="sm">
      {mayMove && (
        <Button
          variant="default"
          disabled={isNone}
          onClick={() => setOpen({ dialog: 'move', things: selected })}
        >
          Move
        </Button>
      )}
      {mayDelete && (
        <Button
          variant="default"
          disabled={isNone}
          onClick={() => setOpen({ dialog: 'delete', things: selected })}
        >
          Delete
        </Button>
      )}
      <Text size="sm" c="dimmed" aria-live="polite">
        {isNone ? `Select some to ${wordsOf(mayMove, mayDelete)} them` : `${selected.length} selected`}
      </Text>
      {!isNone && (
        <Button variant="subtle" onClick={() => keep([])}>
          Clear the selection
        </Button>
      )}
      {open?.dialog === 'move' && <MoveDialog things={open.things} onMoved={keep} onClose={close} />}
      {open?.dialog === 'delete' && <DeleteDialog things={open.things} onDeleted={keep} onClose={close} />}
    </Group>
  );
}

function usePowers() {
  const may = useMay();
  return {
    mayMove: may('dashboards:write') || may('folders:write'),
    mayDelete: may('dashboards:delete') || may('folders:delete'),
  };
}

function wordsOf(mayMove: boolean, mayDelete: boolean): string {
  if (mayMove && mayDelete) return 'move or delete';
  return mayMove ? 'move' : 'delete';
}
