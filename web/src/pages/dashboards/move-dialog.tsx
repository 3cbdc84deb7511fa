import { Text } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { tellDone } from '../../lib/notify.ts';
import { useMay } from '../../lib/session.ts';
import { type FolderChoice, FolderPicker } from '../../parts/folder-picker.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { useOneByOne } from './one-by-one.ts';
import { RefusedList } from './refused-list.tsx';
import { isFolder, manyOf, moveThing, type Thing } from './things.ts';

interface Props {
  things: readonly Thing[];
  /** Told when any of them was moved. */
  onMoved?: (left: readonly Thing[]) => void;
  onClose(): void;
}

/** Puts folders and dashboards into another folder. What was refused stays in the dialog, with why. */
export function MoveDialog({ things, onMoved, onClose }: Props) {
  const may = useMay();
  const [left, setLeft] = useState(things);
  const [to, setTo] = useState<FolderChoice>();
  const [isAsked, setIsAsked] = useState(false);
  const { run, done } = useOneByOne<Thing>();

  const settle = (refused: Thing[], title: string): void => {
    const moved = left.filter((thing) => !refused.includes(thing));
    if (moved.length > 0) tellDone(`Moved the ${manyOf(moved)} to ${title}`);
    setLeft(refused);
    onMoved?.(refused);
    if (refused.length === 0) onClose();
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setIsAsked(true);
    if (to === undefined) return;
    run.mutate(
      { items: left, act: (thing) => moveThing(thing, to) },
      {
        onSuccess: (refused) =>
          settle(
            refused.map(({ item }) => item),
            to.title,
          ),
      },
    );
  };
  return (
    <FormDialog
      title={`Move the ${manyOf(left)}`}
      submit="Move"
      isDirty={false}
      isBusy={run.isPending}
      error={run.error}
      onSubmit={submit}
      onClose={onClose}
    >
      <FolderPicker
        label="To the folder"
        description="What lies in a folder has the permissions of that folder."
        required
        value={to}
        onChange={setTo}
        withGeneral={may(left.some(isFolder) ? 'folders:create' : 'dashboards:create')}
        without={left.length === 1 ? left[0]?.uid : undefined}
        error={isAsked && to === undefined && 'Choose a folder'}
      />
      <RefusedList refused={run.data ?? []} />
      {run.isPending && left.length > 1 && (
        <Text size="sm" aria-live="polite">
          Moving {done + 1} of {left.length} …
        </Text>
      )}
    </FormDialog>
  );
}
