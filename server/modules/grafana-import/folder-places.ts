import type { Row, Source } from '../../sources/source.ts';
import { listDashboards } from './ledger.store.ts';
import { distinct, targetsOf } from './refs.ts';
import { flagOf, refOf, textOf } from './rows.ts';
import type { Run } from './run.ts';

/** The folder that something lies in, as Grafana names it. */
export interface Around {
  /** Which row of which of its two tables it is; undefined where there is no such folder. */
  row: { table: 'dashboard' | 'folder'; id: number } | undefined;
  /** What it is called there. */
  name: string;
}

/** Folders by their uid, of the organizations that they are in: the older table has most of them, the newer one all since it is there. */
export async function foldersByUid(
  source: Source,
  wanted: readonly { orgId: number; uid: string }[],
): Promise<(orgId: number, uid: string) => Around> {
  const uids = distinct(wanted.map(({ uid }) => uid).filter((uid) => uid !== ''));
  const found = new Map<string, Around['row']>();
  for (const row of await source.rowsWith('folder', 'uid', uids, { columns: ['id', 'org_id', 'uid'] })) {
    found.set(key(row), { table: 'folder', id: refOf(row, 'id') });
  }
  const columns = ['id', 'org_id', 'uid', 'is_folder'];
  for (const row of await source.rowsWith('dashboard', 'uid', uids, { columns })) {
    if (flagOf(row, 'is_folder') === 1) found.set(key(row), { table: 'dashboard', id: refOf(row, 'id') });
  }
  return (orgId, uid) => ({ row: found.get(`${orgId} ${uid}`), name: uid });
}

function key(row: Row): string {
  return `${refOf(row, 'org_id')} ${textOf(row, 'uid')}`;
}

/** What folders that came are called here, by the table and id that they have in Grafana. */
export async function placesHere(
  run: Run,
  around: readonly (Around | undefined)[],
): Promise<(around: Around) => { orgId: number; uid: string; id: number } | undefined> {
  const rows = around.flatMap((one) => one?.row ?? []);
  const ofTable = (table: 'dashboard' | 'folder'): Promise<Map<number, number>> =>
    targetsOf(
      run,
      table,
      rows.filter((row) => row.table === table).map(({ id }) => id),
    );
  const ids = { dashboard: await ofTable('dashboard'), folder: await ofTable('folder') };
  const here = await listDashboards(
    run.context.db,
    distinct([...ids.dashboard.values(), ...ids.folder.values()]),
  );
  return ({ row }) => {
    const id = row && ids[row.table].get(row.id);
    const folder = id === undefined ? undefined : here.get(id);
    return id === undefined || folder?.is_folder !== 1
      ? undefined
      : { orgId: folder.org_id, uid: folder.uid, id };
  };
}
