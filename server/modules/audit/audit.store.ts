import type { Insertable, Kysely, Selectable } from 'kysely';
import { contains } from '../../db/search.ts';
import type { AuditTable, Schema, Time } from '../../db/schema.ts';

export type AuditRow = Selectable<AuditTable>;

export interface AuditFilter {
  /** Null is what was done to the server as a whole. */
  orgId: number | null;
  from: Time;
  /** Before this. */
  to?: Time | undefined;
  /** Any of these, as they are recorded. */
  actors?: readonly string[] | undefined;
  action?: string | undefined;
  kind?: string | undefined;
  query?: string | undefined;
}

export async function insertAudit(db: Kysely<Schema>, row: Insertable<AuditTable>): Promise<void> {
  await db.insertInto('audit').values(row).execute();
}

/** The latest first. */
export function listAudit(
  db: Kysely<Schema>,
  filter: AuditFilter,
  { limit, offset }: { limit: number; offset: number },
): Promise<AuditRow[]> {
  return filtered(db, filter)
    .selectAll()
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .offset(offset)
    .execute();
}

export async function countAudit(db: Kysely<Schema>, filter: AuditFilter): Promise<number> {
  const { count } = await filtered(db, filter)
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

function filtered(
  db: Kysely<Schema>,
  { orgId, from, to, actors = [], action = '', kind = '', query = '' }: AuditFilter,
) {
  return (
    db
      .selectFrom('audit')
      .where('org_id', orgId === null ? 'is' : '=', orgId)
      // Also where everything is wanted: SQLite then takes the index by time, not just any of the organization.
      .where('at', '>=', from)
      .$if(to !== undefined, (q) => q.where('at', '<', to as number))
      .$if(actors.length > 0, (q) => q.where('actor', 'in', actors))
      .$if(action !== '', (q) => q.where('action', '=', action))
      .$if(kind !== '', (q) => q.where('object_kind', '=', kind))
      .$if(query !== '', (q) => q.where(contains('audit.search_text', query)))
  );
}
