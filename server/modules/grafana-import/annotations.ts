import { searchText } from '../../db/search.ts';
import type { Row } from '../../sources/source.ts';
import { insertAnnotations } from './extras.store.ts';
import { idsFor, orgsOf, peopleOf, targetsOf, withoutOrg } from './refs.ts';
import { integerOf, objectOf, refOf, textOf } from './rows.ts';
import { idOf, type Stage } from './run.ts';
import { dashboardsOf } from './stars.ts';

const KIND = 'annotation';
const LONGEST_TEXT = 65_536;
const LONGEST_TAG = 100;
const MOST_TAGS = 50;

/** Annotations of people and programs. Those that alerts made are left behind with the alerts. */
export const ANNOTATIONS: Stage<ReadonlyMap<number, number>> = {
  table: 'annotation',
  ledger: 'annotation',
  columns: [
    'org_id',
    'alert_id',
    'user_id',
    'dashboard_id',
    'dashboard_uid',
    'panel_id',
    'text',
    'data',
    'epoch',
    'epoch_end',
    'tags',
    'created',
    'updated',
  ],
  batch: 500,
  kindOf: (row) => (isOfAlert(row) ? undefined : KIND),
  prepare: ({ source }, rows) => dashboardsOf(source, rows),
  async bring(run, rows, tally, dashboards) {
    const { context } = run;
    const orgs = await orgsOf(run, rows);
    const here = await targetsOf(run, 'dashboard', dashboards.values());
    const people = await peopleOf(
      run,
      rows.map((row) => refOf(row, 'user_id')),
    );
    const annotations = rows.flatMap((row) => {
      if (isOfAlert(row)) return [];
      const id = idOf(row);
      const orgId = orgs.get(refOf(row, 'org_id'));
      const isOnOne = refOf(row, 'dashboard_id') > 0 || textOf(row, 'dashboard_uid') !== '';
      const dashboard = here.get(dashboards.get(id) ?? 0);
      const name = textOf(row, 'text').slice(0, LONGEST_TAG);
      const fault =
        orgId === undefined
          ? withoutOrg(row)
          : isOnOne && dashboard === undefined
            ? 'the dashboard that it is on did not come'
            : undefined;
      if (orgId === undefined || fault !== undefined) {
        tally.skip(KIND, { id, name }, fault ?? '');
        return [];
      }
      if (textOf(row, 'text').length > LONGEST_TEXT)
        tally.change(KIND, { id, name }, `its text is longer than ${LONGEST_TEXT} letters, and was cut`);
      return [{ id, row, kind: KIND, name, orgId, dashboard: dashboard ?? null } as const];
    });
    const ids = await idsFor(run, 'annotation', annotations, tally);
    await insertAnnotations(
      context.db,
      annotations.map(({ id, row, orgId, dashboard }) => ({
        id: ids.get(id) as number,
        org_id: orgId,
        dashboard_id: dashboard,
        panel_id: refOf(row, 'panel_id'),
        ...periodOf(row, context.now()),
        text: textOf(row, 'text').slice(0, LONGEST_TEXT),
        data: objectOf(textOf(row, 'data')) === undefined ? '{}' : textOf(row, 'data'),
        created_at: integerOf(row, 'created') || context.now(),
        created_by: people.get(refOf(row, 'user_id'))?.id ?? null,
        updated_at: integerOf(row, 'updated') || context.now(),
      })),
      annotations.flatMap(({ id, row, orgId }) =>
        tagsOf(row).map((term, at) => ({
          annotation_id: ids.get(id) as number,
          org_id: orgId,
          term,
          search_text: searchText(term),
          position: at,
        })),
      ),
    );
    tally.add(KIND, 'brought', annotations.length);
    return ids;
  },
};

function isOfAlert(row: Row): boolean {
  return refOf(row, 'alert_id') > 0;
}

function periodOf(row: Row, now: number): { starts_at: number; ends_at: number } {
  const starts_at = integerOf(row, 'epoch') ?? now;
  return { starts_at, ends_at: Math.max(starts_at, integerOf(row, 'epoch_end') ?? 0) };
}

function tagsOf(row: Row): string[] {
  const { tags } = objectOf(`{"tags":${textOf(row, 'tags') || '[]'}}`) ?? {};
  if (!Array.isArray(tags)) return [];
  const fit = tags.filter((tag): tag is string => typeof tag === 'string' && tag.trim() !== '');
  const tidy = fit.map((tag) => tag.trim().replaceAll('\0', '').toWellFormed());
  return [...new Set(tidy)].filter((tag) => tag.length <= LONGEST_TAG).slice(0, MOST_TAGS);
}
