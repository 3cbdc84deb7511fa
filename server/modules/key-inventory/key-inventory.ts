import type { Context } from '../../context.ts';
import { lastUseOf } from '../credentials/credentials.ts';
import { type Advice, adviceFor } from './advice.ts';
import { CALLERS_KEPT, writeCallers } from './callers.ts';
import { type KeysWanted, listCallers, listKeys } from './key-inventory.store.ts';

type KeyRow = Awaited<ReturnType<typeof listKeys>>[number];
type CallerRow = Awaited<ReturnType<typeof listCallers>>[number];

/** A legacy key, who uses it, and what to do about it. */
export interface InventoriedKey {
  key: KeyRow;
  lastUsedAt: number | null;
  callers: CallerRow[];
  advice: Advice[];
}

/** A page of an organization's legacy keys by name, with uses up to this moment. */
export async function keyInventory(
  context: Context,
  wanted: KeysWanted,
  page: { limit: number; offset: number },
): Promise<InventoriedKey[]> {
  await writeCallers(context);
  const keys = await listKeys(context.db, wanted, page);
  if (keys.length === 0) return [];
  const callers = Map.groupBy(
    await listCallers(
      context.db,
      keys.map(({ id }) => id),
    ),
    (caller) => caller.credential_id,
  );
  return keys.map((key) => inventoried(context, key, callers.get(key.id) ?? []));
}

function inventoried(context: Context, key: KeyRow, callers: CallerRow[]): InventoriedKey {
  const lastUsedAt = lastUseOf(context, key);
  const sum = (count: (caller: CallerRow) => number): number =>
    callers.reduce((total, caller) => total + count(caller), 0);
  const known = {
    role: key.role ?? 'None',
    isServerAdmin: key.is_server_admin === 1,
    isRevoked: key.is_revoked === 1,
    createdAt: key.created_at,
    expiresAt: key.expires_at,
    lastUsedAt,
    reads: sum(({ reads }) => reads),
    writes: sum(({ writes }) => writes),
    // Of more callers than are kept, some may have written.
    watchedSince:
      callers.length === 0 || callers.length >= CALLERS_KEPT
        ? null
        : Math.min(...callers.map((caller) => caller.first_seen_at)),
  };
  return { key, lastUsedAt, callers, advice: adviceFor(known, context.now()) };
}
