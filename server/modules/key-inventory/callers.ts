import type { Context } from '../../context.ts';
import { inTransaction } from '../../db/transaction.ts';
import type { KeyCall } from '../../uses.ts';
import { addCalls, dropOlderCallers } from './key-inventory.store.ts';

// The latest of each key.
const CALLERS_KEPT = 20;

const LONGEST_USER_AGENT = 200;
// Who invents a user agent for each request fills no memory between two batches.
const MOST_GATHERED = 10_000;
const CALLS_PER_TRANSACTION = 200;

/** Notes who used a legacy key; writeCallers brings it to the database. */
export function noteCaller(
  { uses, now }: Context,
  keyId: number,
  {
    address,
    userAgent = '',
    did,
  }: { address: string; userAgent?: string | undefined; did: 'read' | 'write' | 'nothing' },
): void {
  const agent = userAgent.slice(0, LONGEST_USER_AGENT).toWellFormed();
  const name = `${keyId} ${address} ${agent}`;
  const known = uses.keyCalls.get(name);
  if (known === undefined && uses.keyCalls.size >= MOST_GATHERED) return;
  const at = now();
  const call = known ?? { keyId, address, userAgent: agent, reads: 0, writes: 0, firstAt: at, lastAt: at };
  if (did === 'read') call.reads++;
  if (did === 'write') call.writes++;
  call.lastAt = at;
  uses.keyCalls.set(name, call);
}

/** Writes the callers that were noted since the last time. What cannot be written is kept for the next time. */
export async function writeCallers(context: Context): Promise<void> {
  const { keyCalls } = context.uses;
  const names = [...keyCalls.keys()];
  for (let start = 0; start < names.length; start += CALLS_PER_TRANSACTION) {
    const batch = names.slice(start, start + CALLS_PER_TRANSACTION).flatMap((name) => {
      const call = keyCalls.get(name);
      keyCalls.delete(name);
      return call === undefined ? [] : [{ name, call }];
    });
    try {
      await inTransaction(context, async ({ db }) => {
        await addCalls(
          db,
          batch.map(({ call }) => rowOf(call)),
        );
        await dropOlderCallers(db, [...new Set(batch.map(({ call }) => call.keyId))], CALLERS_KEPT);
      });
    } catch (error) {
      for (const { name, call } of batch) keyCalls.set(name, joined(call, keyCalls.get(name)));
      throw error;
    }
  }
}

function rowOf({ keyId, address, userAgent, reads, writes, firstAt, lastAt }: KeyCall) {
  const times = { first_seen_at: firstAt, last_seen_at: lastAt };
  return { credential_id: keyId, address, user_agent: userAgent, reads, writes, ...times };
}

function joined(before: KeyCall, since: KeyCall | undefined): KeyCall {
  if (since === undefined) return before;
  const reads = before.reads + since.reads;
  return { ...since, reads, writes: before.writes + since.writes, firstAt: before.firstAt };
}
