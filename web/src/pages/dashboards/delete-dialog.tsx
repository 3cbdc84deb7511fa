import { List, Skeleton, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { api } from '../../lib/api.ts';
import { tellDone } from '../../lib/notify.ts';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { useOneByOne } from './one-by-one.ts';
import { RefusedList } from './refused-list.tsx';
import { deleteThing, isFolder, manyOf, nameOf, type Thing } from './things.ts';

interface Props {
  things: readonly Thing[];
  /** Whether the page is about what goes, and is left then. */
  leavesPage?: boolean;
  /** Told with what is still there. */
  onDeleted(left: readonly Thing[]): void;
  onClose(): void;
}

const NAMED = 20;

/** Asks before folders and dashboards are deleted, and names what goes along. What was refused stays, with why. */
export function DeleteDialog({ things, leavesPage = false, onDeleted, onClose }: Props) {
  const [left, setLeft] = useState(things);
  const { run, done } = useOneByOne<Thing>({ leavesPage });
  const settle = (refused: Thing[]): void => {
    const gone = left.filter((thing) => !refused.includes(thing));
    if (gone.length > 0) tellDone(`Deleted the ${manyOf(gone)}`);
    setLeft(refused);
    onDeleted(refused);
    if (refused.length === 0) onClose();
  };
  return (
    <ConfirmDialog
      title={`Delete the ${manyOf(left)}?`}
      confirm="Delete"
      {...(left.some(isFolder) ? { typed: 'delete' } : {})}
      isBusy={run.isPending}
      error={run.error}
      onConfirm={() =>
        run.mutate(
          { items: left, act: deleteThing },
          { onSuccess: (refused) => settle(refused.map(({ item }) => item)) },
        )
      }
      onClose={onClose}
    >
      <Stack gap="sm">
        <div>{left.length === 1 ? 'It' : 'They'} cannot be brought back. What goes:</div>
        <List size="sm" spacing={4}>
          {left.slice(0, NAMED).map((thing) => (
            <List.Item key={thing.uid}>
              {isFolder(thing) ? <WholeFolder folder={thing} isThere={run.isIdle} /> : nameOf(thing)}
            </List.Item>
          ))}
          {left.length > NAMED && <List.Item>and {left.length - NAMED} more that you selected</List.Item>}
        </List>
        <RefusedList refused={run.data ?? []} />
        {run.isPending && left.length > 1 && (
          <Text size="sm" aria-live="polite">
            Deleting {done + 1} of {left.length} …
          </Text>
        )}
      </Stack>
    </ConfirmDialog>
  );
}

function WholeFolder({ folder, isThere }: { folder: Thing; isThere: boolean }) {
  const params = { path: { uid: folder.uid } };
  const counts = api.useQuery('get', '/api/folders/{uid}/counts', { params }, { enabled: isThere });
  if (counts.data !== undefined) return `${nameOf(folder)}, with ${contentText(counts.data)}`;
  if (counts.error !== null) return `${nameOf(folder)}, with all that is in it`;
  return <Skeleton height="1.4em" />;
}

function contentText({
  folder,
  dashboard,
  librarypanel,
}: Record<'folder' | 'dashboard' | 'librarypanel', number>): string {
  const parts = [
    counted(folder, 'folder'),
    counted(dashboard, 'dashboard'),
    counted(librarypanel, 'library panel'),
  ];
  const found = parts.filter((part) => part !== '');
  return found.length === 0 ? 'nothing in it' : found.join(', ');
}

function counted(count: number, what: string): string {
  if (count === 0) return '';
  return count === 1 ? `1 ${what}` : `${count} ${what}s`;
}
