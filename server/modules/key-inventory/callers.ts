import type { Context } from '../../context.ts';
import { inTransaction } from '../../db/transaction.ts';
import type { KeyCall } from '../../uses.ts';
import { addCalls, dropOlderCallers } from './key-inventory.store.ts';

// The latest of each key.
export const CALLERS_KEPT = 20;

const LONGEST_USER_AGENT = 200;
// Who invents a user agent for each request fills no memory between two batches, and hides nobody else's key.
const MOST_GATHERED_OF_A_KEY = 100;
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
  const name = `${address} ${agent}`;
  const calls = uses.keyCalls.get(keyId) ?? new Map<string, KeyCall>();
  uses.keyCalls.set(keyId, calls);
  const known = calls.get(name);
  if (known === undefined && calls.size >= MOST_GATHERED_OF_A_KEY) return;
  const at = now();
  const call = known ?? { keyId, address, userAgent: agent, reads: 0, writes: 0, firstAt: at, lastAt: at };
  if (did === 'read') call.reads++;
  if (did === 'write') call.writes++;
  call.lastAt = at;
  calls.set(name, call);
}

/** Writes the callers that were noted since the last time. What cannot be written is kept for the next time. */
export async function writeCallers(context: Context): Promise<void> {
  const { keyCalls } = context.uses;
  const gathered = [...keyCalls.values()].flatMap((calls) => [...calls]);
  keyCalls.clear();
  for (let start = 0; start < gathered.length; start += CALLS_PER_TRANSACTION) {
    const calls = gathered.slice(start, start + CALLS_PER_TRANSACTION).map(([, call]) => call);
    try {
      await inTransaction(context, async ({ db }) => {
        await addCalls(db, calls.map(rowOf));
        await dropOlderCallers(db, [...new Set(calls.map(({ keyId }) => keyId))], CALLERS_KEPT);
      });
    } catch (error) {
      for (const [name, call] of gathered.slice(start)) keepForNextTime(keyCalls, name, call);
      throw error;
    }
  }
}

function keepForNextTime(keyCalls: Context['uses']['keyCalls'], name: string, call: KeyCall): void {
  const calls = keyCalls.get(call.keyId) ?? new Map<string, KeyCall>();
  keyCalls.set(call.keyId, calls.set(name, joined(call, calls.get(name))));
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
