import { sql } from 'kysely';
import type { World } from '../../server/testing/world.ts';

// When something was last used or seen, and how often, is no change of it, nor whose turn it is to clean up.
const USES = /^(last_used_at|last_seen_at|seen_at|rotated_at|secret_hash|previous_secret_hash)$/;
const NOT_CHANGED = new Set(['usage_request', 'usage_caller', 'key_caller', 'lease']);

// Reads and refusals, of which some are recorded.
const SAMPLED = /^(secrets:read|requests:refuse)$/;

/** Every row there is, as text to compare, but for what servers note by themselves. */
export async function everything({ context: { db } }: World): Promise<string> {
  const found: string[] = [];
  for (const { name } of await db.introspection.getTables()) {
    if (NOT_CHANGED.has(name)) continue;
    const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(name)}`.execute(db);
    for (const row of rows) {
      if (name === 'audit' && SAMPLED.test(String(row['action']))) continue;
      const kept = Object.entries(row).filter(([column]) => !USES.test(column));
      found.push(`${name} ${JSON.stringify(Object.fromEntries(kept))}`);
    }
  }
  return found.toSorted().join('\n');
}
