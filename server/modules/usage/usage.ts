import { setImmediate } from 'node:timers/promises';
import type { Context } from '../../context.ts';
import { inTransaction } from '../../db/transaction.ts';
import { badRequest } from '../../errors.ts';
import { momentOf } from '../audit/entries.ts';
import { keepLease, type Lease } from '../leases/leases.ts';
import { COUNTED_KINDS, HOUR_MS, hourOf } from './tallies.ts';
import {
  ALL_TOKENS_OF,
  deleteHour,
  getOldestHour,
  type Group,
  GROUPS,
  listSums,
  type SumRow,
  type Sums,
} from './usage.store.ts';
import { writeRequests } from './written.ts';

const DAY_MS = 24 * HOUR_MS;
const GROUPS_TOLD = 1000;

/** What is asked of the counts; '' is as if left out. */
export interface Asked {
  from?: string | undefined;
  to?: string | undefined;
  groupBy?: string | undefined;
  credential?: string | undefined;
  route?: string | undefined;
  limit?: number | undefined;
}

/** Sums of requests, and the whole hours that they are of. */
export interface Usage {
  from: number;
  to: number;
  rows: SumRow[];
  total: number;
  /** Whether there are more groups than the limit lets through. */
  isCut: boolean;
}

/**
 * How often what was asked in an organization or, with null, in none of them, up to this moment. Throws 400 that says what of the
 * question to change.
 */
export async function usageOf(context: Context, orgId: number | null, asked: Asked): Promise<Usage> {
  const sums = { orgId, ...sumsOf(asked, context.now()) };
  await writeRequests(context);
  const from = Math.max(sums.from, firstKept(context));
  const rows = await listSums(context.db, { ...sums, from });
  const { total = 0, groups = 0 } = rows[0] ?? {};
  return { from: sums.from, to: sums.to, rows, total, isCut: groups > rows.length };
}

/** Removes counts that are kept no longer: hour by hour, so that nobody waits for long. */
export async function dropOldUsage(context: Context, lease: Lease): Promise<void> {
  const end = firstKept(context);
  for (;;) {
    const oldest = await getOldestHour(context.db);
    if (oldest === undefined || oldest >= end) return;
    await inTransaction(context, async (context) => {
      await keepLease(context, lease);
      await deleteHour(context.db, oldest);
    });
    await setImmediate();
  }
}

function firstKept({ config, now }: Context): number {
  return hourOf(now() - config.usage.keep_for);
}

function sumsOf(
  { from = '', to = '', groupBy, credential, route, limit }: Asked,
  now: number,
): Omit<Sums, 'orgId'> {
  const groups = groupsOf(groupBy || 'hour');
  if (groups.includes('address') && (groups.includes('route') || groups.includes('status') || route)) {
    throw badRequest(
      'addresses are counted for each credential and not for each route or status: ask for address without route and status',
    );
  }
  const before = momentOf('to', to) ?? Infinity;
  const end = hourOf(Math.min(before - 1, now)) + HOUR_MS;
  const start = hourOf(momentOf('from', from) ?? end - DAY_MS);
  if (start >= end) throw badRequest('from in the query must be before to, and not in the future');
  return {
    from: start,
    to: end,
    groupBy: groups,
    credential: credential ? credentialOf(credential) : undefined,
    route: route || undefined,
    limit: limit ?? GROUPS_TOLD,
  };
}

function groupsOf(text: string): Group[] {
  const words = [...new Set(text.split(',').map((word) => word.trim()))];
  const groups = words.filter((word): word is Group => (GROUPS as readonly string[]).includes(word));
  if (groups.length === words.length) return groups;
  throw badRequest(`groupBy in the query must be one or more of ${GROUPS.join(', ')}, with commas between`);
}

function credentialOf(text: string): { kind: string; id: number } {
  const [, kind = '', digits] = /^([a-z-]+):(\d{1,15})$/.exec(text) ?? [];
  if ([...COUNTED_KINDS, ALL_TOKENS_OF].includes(kind)) return { kind, id: Number(digits) };
  throw badRequest(
    'credential in the query must be a kind and an id as in token:12: api-key or token with its own, password or session with the ' +
      "person's, service-account for all its tokens",
  );
}
