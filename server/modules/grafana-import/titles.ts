import { GENERAL } from '../folders/names.ts';
import { listTitled, listWithUids } from './content.store.ts';
import { freeNames, nameKey, tidyName, type Wanted } from './names.ts';
import { distinct } from './refs.ts';
import type { Kind, Tally } from './report.ts';
import { textOf } from './rows.ts';
import type { Run } from './run.ts';
import type { Row } from '../../sources/source.ts';
import { freeUids, uidKey } from './uids.ts';

/** A folder or dashboard, and where it is to lie here. */
export interface Placed {
  id: number;
  row: Row;
  kind: Kind;
  orgId: number;
  parentUid: string;
  uid: string;
  title: string;
}

export function titleOf(row: Row): string {
  return tidyName(textOf(row, 'title'), textOf(row, 'uid') || 'without a title');
}

/** The same under uids and titles that are free, telling of each that is another one. */
export async function withFreeTitles<T extends Placed>(
  run: Run,
  placed: readonly T[],
  tally: Tally,
): Promise<T[]> {
  const { context } = run;
  const known = await listWithUids(
    context.db,
    distinct(placed.map(({ orgId }) => orgId)),
    placed.map(({ uid }) => uid),
  );
  const uids = freeUids(placed, new Set(known.map(({ org_id, uid }) => uidKey(org_id, uid))));
  const titles = await freeNames(
    placed.map(({ orgId, parentUid, title }) => ({ within: withinKey(orgId, parentUid), name: title })),
    (candidates) => takenTitles(run, candidates),
    run.numbers,
  );
  return placed.map((thing, at) => {
    const [uid, title] = [uids[at] as string, titles[at] as string];
    const was = { id: thing.id, name: thing.title };
    if (uid !== thing.uid) {
      const old = thing.uid === '' ? 'it had none' : `${thing.uid} cannot be kept`;
      tally.change(thing.kind, was, `its uid is ${uid} here, since ${old}`);
    }
    if (title !== thing.title) {
      tally.change(
        thing.kind,
        was,
        `its title is ${JSON.stringify(title)} here, since its own is taken there`,
      );
    }
    return { ...thing, uid, title };
  });
}

function withinKey(orgId: number, parentUid: string): string {
  return `${orgId}/${parentUid}`;
}

async function takenTitles({ context }: Run, candidates: readonly Wanted[]): Promise<ReadonlySet<string>> {
  const found = await listTitled(
    context.db,
    distinct(candidates.map(({ within }) => Number(within.slice(0, within.indexOf('/'))))),
    candidates.map(({ name }) => name),
  );
  const taken = found.map(({ org_id, parent_uid, title }) =>
    nameKey({ within: withinKey(org_id, parent_uid), name: title }),
  );
  // What lies in no folder lies in this one, which is none.
  const general = candidates.filter(
    ({ within, name }) => within.endsWith('/') && name.toLowerCase() === GENERAL.title.toLowerCase(),
  );
  return new Set([...taken, ...general.map(nameKey)]);
}
