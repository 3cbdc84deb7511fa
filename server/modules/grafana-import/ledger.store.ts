import { type Kysely, sql } from 'kysely';
import type { DashboardTable, Schema } from '../../db/schema.ts';

/** The tables of Grafana whose rows are brought one by one, as the ledger names them. */
export type Ledger =
  | 'org'
  | 'user'
  | 'account_permissions'
  | 'org_user'
  | 'team'
  | 'team_member'
  | 'api_key'
  | 'dashboard'
  | 'folder'
  | 'star'
  | 'data_source'
  | 'data_source_secrets'
  | 'preferences'
  | 'quota'
  | 'library_element'
  | 'playlist'
  | 'annotation';

/** The tables here whose rows others refer to. */
const TARGETS = {
  org: 'org',
  team: 'team',
  dashboard: 'dashboard',
  folder: 'dashboard',
  data_source: 'data_source',
} as const;

/** What became of these rows, by their id. */
export async function listBrought(
  db: Kysely<Schema>,
  sourceId: number,
  kind: Ledger,
  rowIds: readonly number[],
): Promise<Map<number, number>> {
  if (rowIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('grafana_import')
    .select(['row_id', 'target_id'])
    .where('source_id', '=', sourceId)
    .where('kind', '=', kind)
    .where('row_id', 'in', rowIds)
    .execute();
  return new Map(rows.map((row) => [row.row_id, row.target_id]));
}

/** The ids among these that are still there. */
export async function listExisting(
  db: Kysely<Schema>,
  kind: keyof typeof TARGETS,
  ids: readonly number[],
): Promise<Set<number>> {
  if (ids.length === 0) return new Set();
  const rows = await db.selectFrom(TARGETS[kind]).select('id').where('id', 'in', ids).execute();
  return new Set(rows.map((row) => row.id));
}

/** Which of these are users and which are service accounts, and of which organization. */
export async function listIdentities(
  db: Kysely<Schema>,
  ids: readonly number[],
): Promise<Map<number, { kind: 'user' | 'service-account'; orgId: number }>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('user')
    .select(['id', 'org_id', sql<'user'>`'user'`.as('kind')])
    .where('id', 'in', ids)
    .unionAll(
      db
        .selectFrom('service_account')
        .select(['id', 'org_id', sql<'user'>`'service-account'`.as('kind')])
        .where('id', 'in', ids),
    )
    .execute();
  return new Map(rows.map(({ id, kind, org_id }) => [id, { kind, orgId: org_id }]));
}

export async function insertBrought(
  db: Kysely<Schema>,
  sourceId: number,
  kind: Ledger,
  brought: ReadonlyMap<number, number>,
): Promise<void> {
  if (brought.size === 0) return;
  const rows = [...brought].map(([row_id, target_id]) => ({ source_id: sourceId, kind, row_id, target_id }));
  await db.insertInto('grafana_import').values(rows).execute();
}

// As many as a statement may have values, and no more.
const SIGNS_AT_ONCE = 5000;

/** The source that has one of these signs. */
export async function getSource(
  db: Kysely<Schema>,
  signs: readonly string[],
): Promise<{ id: number; took_over: 0 | 1; begun_at: number } | undefined> {
  for (const some of chunks(signs)) {
    const found = await db
      .selectFrom('grafana_sign')
      .innerJoin('grafana_source', 'grafana_source.id', 'grafana_sign.source_id')
      .select(['grafana_source.id', 'took_over', 'begun_at'])
      .where('sign', 'in', some)
      .orderBy('grafana_source.id')
      .executeTakeFirst();
    if (found !== undefined) return found;
  }
  return undefined;
}

export async function insertSource(db: Kysely<Schema>, tookOver: boolean, at: number): Promise<number> {
  const row = { took_over: tookOver ? (1 as const) : (0 as const), begun_at: at };
  const { id } = await db.insertInto('grafana_source').values(row).returning('id').executeTakeFirstOrThrow();
  return id;
}

/** From now on nothing of ours is replaced by what the source has. */
export async function updateTookOver(db: Kysely<Schema>, sourceId: number): Promise<void> {
  await db.updateTable('grafana_source').set({ took_over: 0 }).where('id', '=', sourceId).execute();
}

export async function insertSigns(
  db: Kysely<Schema>,
  sourceId: number,
  signs: readonly string[],
): Promise<void> {
  for (const some of chunks(signs)) {
    const rows = some.map((sign) => ({ sign, source_id: sourceId }));
    await db
      .insertInto('grafana_sign')
      .values(rows)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

/** Which of these signs are known; of one source, or of whichever. */
export async function listSigns(
  db: Kysely<Schema>,
  sourceId: number | undefined,
  signs: readonly string[],
): Promise<Set<string>> {
  const found = new Set<string>();
  for (const some of chunks(signs)) {
    const rows = await db
      .selectFrom('grafana_sign')
      .select('sign')
      .where('sign', 'in', some)
      .$if(sourceId !== undefined, (query) => query.where('source_id', '=', sourceId ?? 0))
      .execute();
    for (const { sign } of rows) found.add(sign);
  }
  return found;
}

function chunks(signs: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(signs.length / SIGNS_AT_ONCE) }, (_, at) =>
    signs.slice(at * SIGNS_AT_ONCE, (at + 1) * SIGNS_AT_ONCE),
  );
}

/** The uids of folders and dashboards, by their id. */
export async function listDashboards(
  db: Kysely<Schema>,
  ids: readonly number[],
): Promise<Map<number, Pick<DashboardTable, 'org_id' | 'uid' | 'is_folder'>>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('dashboard')
    .select(['id', 'org_id', 'uid', 'is_folder'])
    .where('id', 'in', ids)
    .execute();
  return new Map(rows.map((row) => [row.id, row]));
}
