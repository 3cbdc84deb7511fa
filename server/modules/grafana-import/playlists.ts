import { parseSettingDuration } from '../../../client/duration.ts';
import { searchText } from '../../db/search.ts';
import type { Row } from '../../sources/source.ts';
import { insertPlaylists, listPlaylistUids } from './extras.store.ts';
import { tidyName } from './names.ts';
import { distinct, idsFor, orgsOf, targetsOf, withoutOrg } from './refs.ts';
import { integerOf, refOf, textOf } from './rows.ts';
import { idOf, named, type Stage } from './run.ts';
import { freeUids, uidKey } from './uids.ts';

const KIND = 'playlist';
const TYPES = ['dashboard_by_id', 'dashboard_by_tag', 'dashboard_by_uid'] as const;
const LONGEST = 1000;
const USUAL_PAUSE = '5m';

/** Playlists with what they play, by playlist. */
export const PLAYLISTS: Stage<ReadonlyMap<number, Row[]>> = {
  table: 'playlist',
  ledger: 'playlist',
  columns: ['org_id', 'uid', 'name', 'interval', 'created_at', 'updated_at'],
  batch: 200,
  kindOf: () => KIND,
  async prepare({ source }, rows) {
    const items = await source.rowsWith('playlist_item', 'playlist_id', rows.map(idOf), {
      columns: ['id', 'playlist_id', 'type', 'value', 'title', 'order'],
    });
    return Map.groupBy(items, (item) => refOf(item, 'playlist_id'));
  },
  async bring(run, rows, tally, itemsOf) {
    const { context } = run;
    const orgs = await orgsOf(run, rows);
    const playlists = rows.flatMap((row) => {
      const orgId = orgs.get(refOf(row, 'org_id'));
      if (orgId === undefined) {
        tally.skip(KIND, named(row), withoutOrg(row));
        return [];
      }
      const name = tidyName(textOf(row, 'name'), `playlist ${idOf(row)}`);
      return [{ id: idOf(row), row, kind: KIND, orgId, name, uid: textOf(row, 'uid') } as const];
    });
    const taken = await listPlaylistUids(
      context.db,
      distinct(playlists.map(({ orgId }) => orgId)),
      playlists.map(({ uid }) => uid),
    );
    const uids = freeUids(playlists, new Set(taken.map(({ org_id, uid }) => uidKey(org_id, uid))));
    const ids = await idsFor(run, 'playlist', playlists, tally);
    const items = playlists.flatMap(({ id }) => inOrder(itemsOf.get(id) ?? []).map((item) => ({ id, item })));
    const dashboards = await targetsOf(
      run,
      'dashboard',
      items.map(({ item }) => Number(textOf(item, 'value'))).filter((id) => Number.isSafeInteger(id)),
    );
    await insertPlaylists(
      context.db,
      playlists.map(({ id, row, orgId, name }, at) => {
        const pause = textOf(row, 'interval');
        const created_at = integerOf(row, 'created_at') || context.now();
        return {
          id: ids.get(id) as number,
          org_id: orgId,
          uid: uids[at] as string,
          name,
          pause: parseSettingDuration(pause) ? pause : USUAL_PAUSE,
          search_text: searchText(name),
          created_at,
          updated_at: integerOf(row, 'updated_at') || created_at,
        };
      }),
      playlists.flatMap(({ id }) =>
        inOrder(itemsOf.get(id) ?? []).map((item, at) => ({
          playlist_id: ids.get(id) as number,
          position: at + 1,
          ...itemOf(item, dashboards),
        })),
      ),
    );
    tally.add(KIND, 'brought', playlists.length);
    return ids;
  },
};

function inOrder(items: readonly Row[]): Row[] {
  return items
    .filter((item) => TYPES.some((type) => type === textOf(item, 'type')))
    .toSorted((one, other) => refOf(one, 'order') - refOf(other, 'order'));
}

/** An item, which may name a dashboard by the id that it had. */
function itemOf(item: Row, dashboards: ReadonlyMap<number, number>) {
  const type = textOf(item, 'type') as (typeof TYPES)[number];
  const value = textOf(item, 'value').slice(0, LONGEST);
  const here = type === 'dashboard_by_id' ? dashboards.get(Number(value)) : undefined;
  return {
    type,
    value: here === undefined ? value : String(here),
    title: textOf(item, 'title').slice(0, LONGEST),
  };
}
