import { isCloudSecret, padded } from '../crypto/cloud-secrets.ts';
import { NO_DATABASE } from '../db/errors.ts';
import { inTransaction } from '../db/transaction.ts';
import { inTime } from '../in-time.ts';
import { type Doer, NOBODYS } from '../modules/audit/audit.ts';
import {
  bySecret,
  type Found,
  type Leak,
  type Leaked,
  placeOf,
  revokeLeaks,
  type RevokeElsewhere,
  type Search,
  searchFor,
} from '../modules/leaks/leaks.ts';
import type { CloudContext } from './context.ts';
import type { StackRow } from './db/schema.ts';
import { revokeLeakedKey } from './modules/keys/keys.ts';
import { keepLeaked, leakedBefore } from './modules/leaked/leaked.ts';
import { revokeLeakedToken } from './modules/policies/policy-tokens.ts';
import { hasData, keptStacks } from './modules/stacks/stacks.ts';

// How long one stack keeps the next ones waiting; it is looked into on beside them.
const HELD_UP_MS = 1000;
// What those that have not answered by the end get.
const PATIENCE_MS = 30_000;

interface Report {
  leaks: readonly Leak[];
  /** By secret, added to here. */
  known: Map<string, Leaked>;
  /** What nobody could look into, added to here. */
  unseen: Set<string>;
}

/** Revokes what leaked of the cloud side and of every stack that has its data; in stacks one report after the other. */
export function revokesLeaks(context: CloudContext): RevokeElsewhere {
  let last: Promise<unknown> = Promise.resolve();
  return async (doer, leaks) => {
    const report: Report = { leaks, known: new Map(), unseen: new Set() };
    await revokeOnCloudSide(context, doer, report);
    const search = searchFor(leaks.filter(({ token }) => !isCloudSecret(token.trim())));
    if (search.isWorthwhile) {
      const done = last.then(() => revokeInStacks(context, inStackOf(doer), report, search));
      last = done.catch(() => {});
      await done;
    }
    return { leaked: leaks.map(({ token }) => report.known.get(token.trim())), unseen: [...report.unseen] };
  };
}

async function revokeOnCloudSide(
  context: CloudContext,
  doer: Doer,
  { leaks, known, unseen }: Report,
): Promise<void> {
  try {
    for (const [token, leak] of bySecret(leaks)) {
      if (!isCloudSecret(token)) continue;
      const leaked = await revokeOfCloud(context, doer, padded(token), () => placeOf(leak, leaks));
      if (leaked) known.set(token, leaked);
    }
  } catch (error) {
    // Stacks may answer all the same.
    unseen.add('the cloud side');
    context.log.error({ err: error }, 'what leaked could not be looked for on the cloud side');
  }
}

/** Deletes what has a secret; one that was deleted by this before is known too. */
function revokeOfCloud(
  context: CloudContext,
  doer: Doer,
  secret: string,
  found: () => Found,
): Promise<Leaked | undefined> {
  return inTransaction(context, async (context) => {
    const key = await revokeLeakedKey(context, doer, secret, found);
    const revoked = key ?? (await revokeLeakedToken(context, doer, secret, found));
    if (revoked === undefined) return leakedBefore(context, secret);
    const { id, name, orgId, orgSlug: cloudOrg } = revoked;
    const leaked = { id, kind: key ? ('cloud-key' as const) : ('policy-token' as const), name, orgId };
    await keepLeaked(context, secret, leaked);
    return { ...leaked, cloudOrg };
  });
}

async function revokeInStacks(
  context: CloudContext,
  doer: Doer,
  report: Report,
  search: Search,
): Promise<void> {
  let stacks: StackRow[];
  try {
    stacks = await keptStacks(context);
  } catch (error) {
    report.unseen.add('the stacks');
    context.log.error(
      { err: error },
      'what leaked could not be looked for in stacks: which there are is not known',
    );
    return;
  }
  const openFirst = stacks.toSorted(
    (one, other) => Number(context.stacks.isOpen(other.id)) - Number(context.stacks.isOpen(one.id)),
  );
  const look = (stack: StackRow): Promise<boolean> => revokeInStack(context, doer, stack, report, search);
  const withImported = await lookIntoAll(context, openFirst, report, look);
  if (withImported.length === 0) return;
  await search.complete();
  await lookIntoAll(context, withImported, report, look);
}

/** Looks into one stack after the other; one that hangs holds up the others for a moment each. Gives those where `look` did not find out all. */
async function lookIntoAll(
  context: CloudContext,
  stacks: readonly StackRow[],
  { unseen }: Report,
  look: (stack: StackRow) => Promise<boolean>,
): Promise<StackRow[]> {
  const incomplete: StackRow[] = [];
  const underWay = new Map<StackRow, Promise<void>>();
  const missed = (stack: StackRow, err: unknown): void => {
    const { id, slug, deleted_at } = stack;
    unseen.add(deleted_at === null ? slug : `${slug} (deleted)`);
    context.log.error({ err, stack: slug, id }, 'what leaked could not be looked for in a stack');
  };
  const lookInto = async (stack: StackRow): Promise<void> => {
    try {
      if (!(await look(stack))) incomplete.push(stack);
    } catch (error) {
      if (!(await isRemoved(context, stack, error))) missed(stack, error);
    } finally {
      underWay.delete(stack);
    }
  };
  for (const stack of stacks) {
    const looking = lookInto(stack);
    underWay.set(stack, looking);
    await waitFor(looking, HELD_UP_MS);
  }
  await waitFor(Promise.all(underWay.values()), PATIENCE_MS);
  for (const stack of underWay.keys()) missed(stack, new Error(`no answer within ${PATIENCE_MS} ms`));
  return incomplete;
}

/** Waits for work that tells by itself what fails, but not for ever: it goes on. */
async function waitFor(work: Promise<unknown>, milliseconds: number): Promise<void> {
  await inTime(work, milliseconds).catch(() => {});
}

/** Whether it was found out what is in a stack: not where it has imported ones, and the search is not complete. */
function revokeInStack(
  { stacks }: CloudContext,
  doer: Doer,
  stack: StackRow,
  { leaks: reported, known }: Report,
  search: Search,
): Promise<boolean> {
  return stacks.inside(stack, async (inside) => {
    const leaks = await search.among(inside);
    if (leaks === undefined || leaks.length === 0) return leaks !== undefined;
    const leaked = await revokeLeaks(await inside.context(), doer, leaks, reported);
    for (const [at, { token }] of leaks.entries()) {
      const one = leaked[at];
      const secret = token.trim();
      if (one && !known.has(secret)) known.set(secret, { ...one, stack: stack.slug });
    }
    return true;
  });
}

/** In a stack, somebody else may have the same name and number. */
function inStackOf(doer: Doer): Doer {
  const { actor, address, requestId } = doer;
  const [kind, name] = [actor.slice(0, actor.indexOf(':')), actor.slice(actor.indexOf(':') + 1)];
  return { ...NOBODYS, actor: kind === 'scanner' ? actor : `server:${name}`, address, requestId };
}

/** Whether a stack was removed since it was listed; one whose database is away may come back. */
async function isRemoved(context: CloudContext, { id }: StackRow, error: unknown): Promise<boolean> {
  if ((error as { code?: unknown }).code !== NO_DATABASE) return false;
  return !(await hasData(context, id).catch(() => true));
}
