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
  credential?: { kind: string; id?: number | undefined } | undefined;
  address?: string | undefined;
  requestId?: string | undefined;
  query?: string | undefined;
}

/** Returns the row's id. */
export async function insertAudit(db: Kysely<Schema>, row: Insertable<AuditTable>): Promise<number> {
  const { id } = await db.insertInto('audit').values(row).returning('id').executeTakeFirstOrThrow();
  return id;
}

export async function updateChange(db: Kysely<Schema>, id: number, change: string): Promise<void> {
  await db.updateTable('audit').set({ change }).where('id', '=', id).execute();
}

/** Deletes the earliest of what is from before a time, so many at most; returns how many. */
export async function deleteAuditBefore(db: Kysely<Schema>, before: Time, limit: number): Promise<number> {
  const earliest = db.selectFrom('audit').select('id').where('at', '<', before).orderBy('at').limit(limit);
  const { numDeletedRows } = await db
    .deleteFrom('audit')
    .where('id', 'in', earliest)
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
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

/** The earliest first, from behind a row. */
export function listAuditAfter(
  db: Kysely<Schema>,
  filter: AuditFilter,
  after: { at: Time; id: number } | undefined,
  limit: number,
): Promise<AuditRow[]> {
  return filtered(db, filter)
    .$if(after !== undefined, (q) =>
      q.where(({ eb, refTuple, tuple }) =>
        eb(refTuple('at', 'id'), '>', tuple(after?.at ?? 0, after?.id ?? 0)),
      ),
    )
    .selectAll()
    .orderBy('at')
    .orderBy('id')
    .limit(limit)
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
  { orgId, from, to, actors = [], action = '', kind = '', query = '', ...rest }: AuditFilter,
) {
  const { credential, address = '', requestId = '' } = rest;
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
      .$if(credential !== undefined, (q) => q.where('credential', '=', credential?.kind ?? ''))
      .$if(credential?.id !== undefined, (q) => q.where('credential_id', '=', credential?.id ?? 0))
      .$if(address !== '', (q) => q.where('address', '=', address))
      .$if(requestId !== '', (q) => q.where('request_id', '=', requestId))
      .$if(query !== '', (q) => q.where(contains('audit.search_text', query)))
  );
}
