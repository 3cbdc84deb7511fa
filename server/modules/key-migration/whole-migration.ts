import { setImmediate } from 'node:timers/promises';
import { requirePermission } from '../../access/can.ts';
import { identityIn } from '../../access/identify.ts';
import type { CredentialKind, Proof } from '../../access/identity.ts';
import type { Context, RequestContext } from '../../context.ts';
import { troubleOf } from '../../db/errors.ts';
import { inTransaction } from '../../db/transaction.ts';
import { ApiError } from '../../errors.ts';
import { lookAtCredential } from '../authentication/bearer.ts';
import { findCredential, knownCredential } from '../credentials/credentials.ts';
import { awaitLease, keepLease, type Lease, LeaseLost, releaseLease, takeLease } from '../leases/leases.ts';
import { findPerson } from '../users/users.ts';
import { closeOrMoveLate, type HowToMove, type MovedKey, moveSome, requireSay } from './key-migration.ts';

const KEYS_PER_TRANSACTION = 100;
const LEASE = 'key-migration:';
const PATIENCE_MS = 30_000;
const ASK_AGAIN_S = 5;
// Whom no row of the database vouches for: the process itself let them in.
const LET_IN: ReadonlySet<CredentialKind> = new Set(['machine', 'cloud']);

export interface Migration {
  keys: MovedKey[];
  /** Where to go on: after this key. Undefined when all of them were looked at, and the organization is closed to new ones. */
  next: number | undefined;
}

/** Which of the keys, and until when somebody waits for it. */
export interface Part {
  after?: number | undefined;
  limit?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** What is left to do. */
interface Rest {
  how: HowToMove;
  /** From behind this key on. */
  after: number;
  /** So many keys at most; null is all. */
  limit: number | null;
}

/** What somebody asked for and is not done. */
interface Unfinished extends Rest {
  orgId: number;
  /** Whose sessions and passwords are asked for by the person alone. */
  credential: Proof['credential'];
  userId: number;
  address: string;
  requestId: string;
}

/**
 * Moves the keys of the organization from after one on, all of them or `limit` at most, and closes it to new keys at the end.
 * In transactions of a hundred keys: stopped in between, the next run goes on from there and changes nothing that was done. Of
 * several that are asked for at once, on whatever server, one runs after the other; one whose server died is finished first. Whoever
 * loses the right to it is refused what is left. Throws 503 where another runs for too long, or the signal says that nobody waits.
 */
export async function migrateKeys(
  context: RequestContext,
  how: HowToMove,
  { after = 0, limit, signal }: Part = {},
): Promise<Migration> {
  await requireSay(context, how);
  const keys: MovedKey[] = [];
  const rest: Rest = { how, after, limit: limit ?? null };
  if (how.dryRun) return { keys, next: await moveOn(context, rest, keys) };
  for (;;) {
    const lease = await awaitLease(context, LEASE + context.actor.orgId, { patience: PATIENCE_MS, signal });
    if (lease === undefined) throw anotherRuns();
    const next = await whileHeld(context, lease, async () => {
      await finish(context, lease);
      return { after: await moveOn(context, rest, keys, lease) };
    });
    if (next !== undefined) return { keys, next: next.after };
    // This process stood still for so long that another took over: what is left of it, if anything, comes after that.
  }
}

function anotherRuns(): ApiError {
  const detail = `Another run is under way and goes on. Ask again in ${ASK_AGAIN_S} seconds: what it has moved is not moved again.`;
  const headers = { 'retry-after': String(ASK_AGAIN_S) };
  return new ApiError(503, 'busy', 'The API keys are being moved already', { detail, headers });
}

/** Finishes a migration of which nobody has been heard for a while, as whoever asked for it; false where the lease is of something else. */
export async function finishMigration(context: Context, leaseName: string): Promise<boolean> {
  if (!leaseName.startsWith(LEASE)) return false;
  const lease = await takeLease(context, leaseName);
  if (lease !== undefined) await whileHeld(context, lease, () => finish(context, lease));
  return true;
}

/** Does the work and gives the lease back; undefined where it was lost. */
async function whileHeld<T>(context: Context, lease: Lease, work: () => Promise<T>): Promise<T | undefined> {
  try {
    const done = await work();
    await releaseLease(context, lease);
    return done;
  } catch (error) {
    if (error instanceof LeaseLost) return undefined;
    // What only the database got in the way of is finished once there is one again.
    if (troubleOf(error) === undefined) await releaseLease(context, lease);
    throw error;
  }
}

/** What the holder before left unfinished, if anything. Whoever asked for it has to have the right still. */
async function finish(context: Context, lease: Lease): Promise<void> {
  if (lease.left === '') return;
  const left = JSON.parse(lease.left) as Unfinished;
  const { orgId, requestId } = left;
  const about = { orgId, requestId };
  try {
    const asker = await asWhoAsked(context, left);
    context.log.info(about, 'finishing the migration of keys that another process has left');
    await moveOn(asker, left, [], lease);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status >= 500) throw error;
    context.log.warn({ err: error, ...about }, 'a migration of keys stays unfinished: ask for it again');
  }
}

async function asWhoAsked(context: Context, left: Unfinished): Promise<RequestContext> {
  const { orgId, address, requestId } = left;
  const actor = identityIn(context.config.access_control, await proofOf(context, left), orgId);
  const asker = { ...context, actor, address, requestId };
  await requirePermission(asker, 'serviceaccounts:create');
  await requireSay(asker, left.how);
  return asker;
}

async function proofOf(context: Context, { credential, userId }: Unfinished): Promise<Proof> {
  if (credential.kind === 'api-key' || credential.kind === 'token') {
    const row = await findCredential(context, credential.id);
    return lookAtCredential(context, row && knownCredential(row));
  }
  const person = await findPerson(context, userId);
  if (person === undefined || person.isDisabled)
    throw new ApiError(401, 'unauthorized', 'whoever asked for it is gone, or disabled');
  return { principal: person.principal, credential };
}

/** Moves what is left, and adds to the report; where to go on, undefined at the end. Throws LeaseLost. */
async function moveOn(
  context: RequestContext,
  rest: Rest,
  report: MovedKey[],
  lease?: Lease,
): Promise<number | undefined> {
  const { how } = rest;
  while (rest.limit === null || rest.limit > 0) {
    const most = Math.min(KEYS_PER_TRANSACTION, rest.limit ?? Infinity);
    const asker = lease ? await stillAsking(context, rest) : context;
    const inOwn = (work: (context: RequestContext) => Promise<MovedKey[]>) =>
      inTransaction(asker, async (context) => {
        if (lease) await keepLease(context, lease, JSON.stringify(unfinished(context, rest)));
        return work(context);
      });
    const moved = await inOwn((context) => moveSome(context, how, rest.after, most));
    const late =
      moved.length > 0 || how.dryRun ? [] : await inOwn((context) => closeOrMoveLate(context, how, most));
    const count = moved.length + late.length;
    if (count === 0) return undefined;
    report.push(...moved, ...late);
    rest.after = moved.at(-1)?.id ?? rest.after;
    if (rest.limit !== null) rest.limit -= count;
    // SQLite works on this very thread: let the requests that wait go first.
    await setImmediate();
  }
  return rest.after;
}

/** Whoever asked, as what they are by now: waiting and moving may last for minutes. Throws where they have not the right any more. */
async function stillAsking(context: RequestContext, rest: Rest): Promise<RequestContext> {
  return LET_IN.has(context.actor.credential.kind) ? context : asWhoAsked(context, unfinished(context, rest));
}

function unfinished({ actor, address, requestId }: RequestContext, { how, after, limit }: Rest): Unfinished {
  const { orgId, credential, principal } = actor;
  // By name: a query may have brought what nobody asked for, a secret among it.
  const { groupByRole, includeExpired, dryRun } = how;
  return {
    how: { groupByRole, includeExpired, dryRun },
    after,
    limit,
    orgId,
    credential,
    userId: principal.id,
    address,
    requestId,
  };
}
