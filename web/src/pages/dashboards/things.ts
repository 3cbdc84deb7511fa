import { type Answer, client } from '../../lib/api.ts';
import { readDashboard, saveDashboard } from '../../lib/dashboard-text.ts';
import type { FolderChoice } from '../../parts/folder-picker.tsx';

/** A folder or a dashboard, as the search finds it. */
export type Hit = Answer<'/api/search/page', 'get'>['hits'][number];

/** What is enough of it to move or to delete it. */
export type Thing = Pick<Hit, 'type' | 'uid' | 'title'>;

export function isFolder({ type }: Thing): boolean {
  return type === 'dash-folder';
}

/** What it is called in a sentence. */
export function nameOf(thing: Thing): string {
  return `${isFolder(thing) ? 'folder' : 'dashboard'} “${thing.title}”`;
}

/** The same of several: the one, or how many. */
export function manyOf(things: readonly Thing[]): string {
  const [only, another] = things;
  return only !== undefined && another === undefined
    ? nameOf(only)
    : `${things.length} folders and dashboards`;
}

/** Puts a folder with all that is in it, or a dashboard as its next version, into another folder. */
export async function moveThing(thing: Thing, to: FolderChoice): Promise<void> {
  const { uid } = thing;
  if (isFolder(thing)) {
    await client.POST('/api/folders/{uid}/move', { params: { path: { uid } }, body: { parentUid: to.uid } });
    return;
  }
  const { text } = await readDashboard(uid);
  await saveDashboard({ text, folderUid: to.uid, message: `Moved to ${to.title}` });
}

/** Deletes a dashboard, or a folder with all that is in it. */
export async function deleteThing(thing: Thing): Promise<void> {
  const params = { path: { uid: thing.uid } };
  if (isFolder(thing)) await client.DELETE('/api/folders/{uid}', { params });
  else await client.DELETE('/api/dashboards/uid/{uid}', { params });
}
