import type { Row, Source } from '../../sources/source.ts';
import { insertPublic, listPublicLike } from './extras.store.ts';
import { distinct, peopleOf } from './refs.ts';
import type { Tally } from './report.ts';
import { flagOf, refOf, textOf, timeOf } from './rows.ts';
import type { Run } from './run.ts';
import { fitUid, uidKey } from './uids.ts';

const KIND = 'public dashboard';
const TOKEN = /^[A-Za-z0-9_-]{1,100}$/;
const SHARES = new Set(['public', 'email']);

/** What made dashboards public in Grafana, by the organization and uid of each. */
export async function publicOnes(source: Source, rows: readonly Row[]): Promise<Map<string, Row>> {
  const uids = distinct(rows.map((row) => textOf(row, 'uid')));
  const found = await source.rowsWith('dashboard_public', 'dashboard_uid', uids, {
    columns: [
      'uid',
      'dashboard_uid',
      'org_id',
      'access_token',
      'is_enabled',
      'annotations_enabled',
      'time_selection_enabled',
      'share',
      'created_at',
      'created_by',
      'updated_at',
      'updated_by',
    ],
  });
  return new Map(found.map((row) => [`${refOf(row, 'org_id')} ${textOf(row, 'dashboard_uid')}`, row]));
}

/** Keeps dashboards that came as public as they were, under the same tokens. */
export async function bringPublic(
  run: Run,
  dashboards: readonly { here: number; orgId: number; row: Row }[],
  found: ReadonlyMap<string, Row>,
  tally: Tally,
): Promise<void> {
  const { context } = run;
  const all = dashboards.flatMap(({ here, orgId, row }) => {
    const made = found.get(`${refOf(row, 'org_id')} ${textOf(row, 'uid')}`);
    return made === undefined ? [] : [{ here, orgId, made }];
  });
  if (all.length === 0) return;
  tally.add(KIND, 'found', all.length);
  const known = await listPublicLike(
    context.db,
    all.map(({ made }) => textOf(made, 'uid')),
    all.map(({ made }) => textOf(made, 'access_token')),
  );
  const taken = new Set(known.flatMap((row) => [uidKey(row.org_id, row.uid), row.access_token]));
  const people = await peopleOf(
    run,
    all.flatMap(({ made }) => [refOf(made, 'created_by'), refOf(made, 'updated_by')]),
  );
  const kept = all.filter(({ orgId, made }) => {
    const [uid, token] = [textOf(made, 'uid'), textOf(made, 'access_token')];
    const fault =
      fitUid(uid) === undefined || !TOKEN.test(token)
        ? 'its uid or token is of no form that can be kept'
        : taken.has(uidKey(orgId, uid)) || taken.has(token)
          ? 'its uid or token is taken here'
          : undefined;
    if (fault !== undefined) tally.skip(KIND, { id: uid, name: textOf(made, 'dashboard_uid') }, fault);
    return fault === undefined;
  });
  await insertPublic(
    context.db,
    kept.map(({ here, orgId, made }) => {
      const created_at = timeOf(made, 'created_at') ?? context.now();
      const share = textOf(made, 'share');
      return {
        org_id: orgId,
        dashboard_id: here,
        uid: textOf(made, 'uid'),
        access_token: textOf(made, 'access_token'),
        is_enabled: flagOf(made, 'is_enabled'),
        annotations_enabled: flagOf(made, 'annotations_enabled'),
        time_selection_enabled: flagOf(made, 'time_selection_enabled'),
        share: SHARES.has(share) ? share : 'public',
        created_at,
        created_by: people.get(refOf(made, 'created_by'))?.id ?? null,
        updated_at: timeOf(made, 'updated_at') ?? created_at,
        updated_by: people.get(refOf(made, 'updated_by'))?.id ?? null,
      };
    }),
  );
  tally.add(KIND, 'brought', kept.length);
}
