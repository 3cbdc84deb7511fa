import { setImmediate } from 'node:timers/promises';
import { parseDuration } from '../../../client/duration.ts';
import { holds } from '../../access/can.ts';
import type { RequestContext } from '../../context.ts';
import { badRequest } from '../../errors.ts';
import { usedIdsInBatches } from '../../uses.ts';
import {
  countAccounts,
  countByLife,
  type Kind,
  listDisabledAccounts,
  listExpiring,
  listLeaked,
  listUnused,
  listUnusedAmong,
  type Spans,
} from './attention.store.ts';

const MOST_LISTED = 20;
const LEAKED_FOR_MS = 30 * 86_400_000;

/** How far to look, as in 12h or 1M. */
export interface Reach {
  expiringWithin: string;
  unusedFor: string;
}

/**
 * What of the organization's machine access somebody should look at: of each only the most urgent, and how many there are.
 * Keys are left out for whoever may not read them. Throws 400 for what is no duration.
 */
export async function attention(context: RequestContext, { expiringWithin, unusedFor }: Reach) {
  const { db, actor } = context;
  const now = context.now();
  const spans = {
    now,
    soon: now + durationOf('expiringWithin', expiringWithin),
    idleSince: now - durationOf('unusedFor', unusedFor),
  };
  const accounts = await countAccounts(db, actor.orgId);
  const disabled = await listDisabledAccounts(db, actor.orgId, MOST_LISTED);
  const tokens = await lookThrough(context, 'tokens', spans);
  const mayReadKeys = await holds(context, 'apikeys:read', 'apikeys:*');
  const keys = mayReadKeys ? await lookThrough(context, 'keys', spans) : undefined;
  const leaked = await listLeaked(db, actor.orgId, now - LEAKED_FOR_MS, MOST_LISTED);
  return { accounts, disabled, tokens, keys, leaked: mayReadKeys ? leaked : leaked.filter(isToken) };
}

const isToken = ({ object_kind: kind }: { object_kind: string }): boolean => kind === 'token';

async function lookThrough(context: RequestContext, kind: Kind, spans: Spans) {
  const { db, actor } = context;
  const counts = await countByLife(db, actor.orgId, kind, spans);
  const expiring = await listExpiring(db, actor.orgId, kind, spans, MOST_LISTED);
  // SQLite works on this very thread: let the requests that wait go first.
  await setImmediate();
  const justUsed = await usedMeanwhile(context, kind, spans);
  const rows = await listUnused(db, actor.orgId, kind, spans, MOST_LISTED + justUsed.size);
  const unused = rows.filter(({ id }) => !justUsed.has(id)).slice(0, MOST_LISTED);
  // Not fewer than there are: what was noted may have been written in between.
  const total = Math.max((rows[0]?.total ?? 0) - justUsed.size, unused.length);
  return { counts: { ...counts, unused: total }, expiring, unused };
}

/** Those that the database takes to be unused, but for which a use is noted that is not yet written. */
async function usedMeanwhile(context: RequestContext, kind: Kind, spans: Spans): Promise<Set<number>> {
  const found = new Set<number>();
  for (const ids of usedIdsInBatches(context.uses.credentials)) {
    for (const id of await listUnusedAmong(context.db, context.actor.orgId, kind, spans, ids)) found.add(id);
  }
  return found;
}

function durationOf(parameter: string, text: string): number {
  try {
    return parseDuration(text);
  } catch (error) {
    throw badRequest(`${parameter} in the query: ${(error as Error).message}`);
  }
}
