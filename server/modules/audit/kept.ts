import { setImmediate } from 'node:timers/promises';
import { inTransaction } from '../../db/transaction.ts';
import { NOBODYS, record, type Recording } from './audit.ts';
import { type AuditRow, deleteAuditBefore, updateChange } from './audit.store.ts';
import { wholeEntry } from './entries.ts';

const ROWS_AT_ONCE = 1000;

/**
 * Removes what is kept no longer, in parts so that nobody waits for long. That is recorded as one entry, which counts with each
 * part in its own transaction, once `keep` has not thrown in it.
 */
export async function dropOldEntries<C extends Recording>(
  context: C,
  keep: (context: C) => Promise<void>,
): Promise<void> {
  const { config, now } = context;
  if (config.audit.keep_for === 0) return;
  const before = now() - config.audit.keep_for;
  for (let told: AuditRow | undefined, entries = 0; ; await setImmediate()) {
    const removed = await inTransaction(context, async (context) => {
      await keep(context);
      const count = await deleteAuditBefore(context.db, before, ROWS_AT_ONCE);
      if (count === 0) return { count, told };
      const change = { entries: entries + count, before: new Date(before).toISOString() };
      return { count, told: await tell(context, change, told) };
    });
    told = removed.told;
    entries += removed.count;
    if (removed.count < ROWS_AT_ONCE) return;
  }
}

async function tell(context: Recording, change: object, told: AuditRow | undefined): Promise<AuditRow> {
  if (told === undefined) {
    const entry = { action: 'audit:delete', kind: 'audit', id: '', name: 'record of changes', orgId: null };
    return record(context, { ...NOBODYS, ...entry, actor: 'server:Latchkey', change: { ...change } });
  }
  const row = { ...told, change: JSON.stringify(change) };
  await updateChange(context.db, row.id, row.change);
  context.passage?.note(wholeEntry(row));
  return row;
}
