import type { Row, Source } from '../../sources/source.ts';
import { insertStars } from './extras.store.ts';
import { peopleOf, targetsOf } from './refs.ts';
import { refOf, textOf } from './rows.ts';
import { idOf, type Stage } from './run.ts';

const KIND = 'star';

/** Which dashboards people have marked. */
export const STARS: Stage<ReadonlyMap<number, number>> = {
  table: 'star',
  ledger: 'star',
  columns: ['user_id', 'dashboard_id', 'dashboard_uid', 'org_id'],
  batch: 200,
  kindOf: () => KIND,
  prepare: ({ source }, rows) => dashboardsOf(source, rows),
  async bring(run, rows, tally, dashboards) {
    const here = await targetsOf(run, 'dashboard', dashboards.values());
    const people = await peopleOf(
      run,
      rows.map((row) => refOf(row, 'user_id')),
    );
    const stars = rows.flatMap((row) => {
      const rowId = idOf(row);
      const dashboard = here.get(dashboards.get(rowId) ?? 0);
      const person = people.get(refOf(row, 'user_id'));
      if (dashboard !== undefined && person?.kind === 'user')
        return [{ rowId, user_id: person.id, dashboard_id: dashboard }];
      const name = `user ${refOf(row, 'user_id')}, dashboard ${dashboards.get(rowId) ?? textOf(row, 'dashboard_uid')}`;
      const missing = dashboard === undefined ? 'the dashboard' : 'the user';
      tally.skip(KIND, { id: rowId, name }, `${missing} did not come`);
      return [];
    });
    await insertStars(
      run.context.db,
      stars.map(({ user_id, dashboard_id }) => ({ user_id, dashboard_id })),
    );
    tally.add(KIND, 'brought', stars.length);
    return new Map(stars.map(({ rowId, dashboard_id }) => [rowId, dashboard_id]));
  },
};

/** The dashboard of each row, by its id or, as since version 11, its uid. */
export async function dashboardsOf(
  source: Source,
  rows: readonly Row[],
  { id: idColumn, uid: uidColumn } = { id: 'dashboard_id', uid: 'dashboard_uid' },
): Promise<Map<number, number>> {
  const byUid = rows.filter((row) => refOf(row, idColumn) === 0 && textOf(row, uidColumn) !== '');
  const found = await source.rowsWith(
    'dashboard',
    'uid',
    byUid.map((row) => textOf(row, uidColumn)),
    { columns: ['id', 'org_id', 'uid'] },
  );
  const ids = new Map(found.map((row) => [`${refOf(row, 'org_id')} ${textOf(row, 'uid')}`, idOf(row)]));
  return new Map(
    rows.flatMap((row) => {
      const id = refOf(row, idColumn) || ids.get(`${refOf(row, 'org_id')} ${textOf(row, uidColumn)}`);
      return id ? [[idOf(row), id] as const] : [];
    }),
  );
}
