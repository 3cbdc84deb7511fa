import { isCloudSecret } from '../crypto/cloud-secrets.ts';
import { NO_DATABASE } from '../db/errors.ts';
import { type Doer, NOBODYS } from '../modules/audit/audit.ts';
import {
  bySecret,
  type Found,
  type Judgement,
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
import { revokeLeakedToken } from './modules/policies/policy-tokens.ts';
import { keptStacks } from './modules/stacks/stacks.ts';

// What stacks that do not answer may take of the time of one report; those that are left are not looked into.
const PATIENCE_MS = 30_000;

/** Revokes what leaked of the cloud side and of every stack that has its data, one report after the other. */
export function revokesLeaks(context: CloudContext): RevokeElsewhere {
  let last: Promise<unknown> = Promise.resolve();
  return (doer, leaks) => {
    const done = last.then(() => revokeAll(context, doer, leaks));
    last = done.catch(() => {});
    return done;
  };
}

async function revokeAll(context: CloudContext, doer: Doer, leaks: readonly Leak[]): Promise<Judgement> {
  const known = new Map<string, Leaked>();
  const others: Leak[] = [];
  for (const [token, leak] of bySecret(leaks)) {
    if (!isCloudSecret(token)) {
      others.push(leak);
      continue;
    }
    const leaked = await revokeOfCloud(context, doer, token, () => placeOf(leak, leaks));
    if (leaked) known.set(token, leaked);
  }
  const unseen = await revokeInStacks(context, inStackOf(doer), { leaks: others, reported: leaks, known });
  return { leaked: leaks.map(({ token }) => known.get(token.trim())), unseen };
}

async function revokeOfCloud(
  context: CloudContext,
  doer: Doer,
  secret: string,
  found: () => Found,
): Promise<Leaked | undefined> {
  const key = await revokeLeakedKey(context, doer, secret, found);
  const leaked = key ?? (await revokeLeakedToken(context, doer, secret, found));
  if (leaked === undefined) return undefined;
  const { id, name, orgId, orgSlug: cloudOrg } = leaked;
  return { id, kind: key ? 'cloud-key' : 'policy-token', name, orgId, cloudOrg };
}

interface Report {
  leaks: readonly Leak[];
  /** All that was reported together. */
  reported: readonly Leak[];
  /** By secret, added to here. */
  known: Map<string, Leaked>;
}

/** Looks into one stack after the other; returns the slugs of those that do not answer. */
async function revokeInStacks(context: CloudContext, doer: Doer, report: Report): Promise<string[]> {
  const search = searchFor(report.leaks);
  if (!search.isWorthwhile) return [];
  const unseen: string[] = [];
  let patience = PATIENCE_MS;
  const stacks = await keptStacks(context);
  const openFirst = stacks.toSorted(
    (one, other) => Number(context.stacks.isOpen(other.id)) - Number(context.stacks.isOpen(one.id)),
  );
  for (const stack of openFirst) {
    const { id, slug } = stack;
    const since = performance.now();
    try {
      if (patience <= 0) throw new Error('others took too long');
      await revokeInStack(context, doer, stack, search, report);
    } catch (error) {
      if (isRemoved(stack, error)) continue;
      patience -= performance.now() - since;
      unseen.push(slug);
      context.log.error({ err: error, stack: slug, id }, 'what leaked could not be looked for in a stack');
    }
  }
  return unseen;
}

async function revokeInStack(
  { stacks }: CloudContext,
  doer: Doer,
  stack: StackRow,
  search: Search,
  { reported, known }: Report,
): Promise<void> {
  const look = (): Promise<boolean> =>
    stacks.inside(stack, async (inside) => {
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
  if (await look()) return;
  await search.complete();
  await look();
}

/** In a stack, somebody else may have the same name and number. */
function inStackOf(doer: Doer): Doer {
  const { actor, address, requestId } = doer;
  const [kind, name] = [actor.slice(0, actor.indexOf(':')), actor.slice(actor.indexOf(':') + 1)];
  return { ...NOBODYS, actor: kind === 'scanner' ? actor : `server:${name}`, address, requestId };
}

/** Of one that is deleted it may be gone: it was removed just now, or never made. */
function isRemoved({ deleted_at }: StackRow, error: unknown): boolean {
  return deleted_at !== null && (error as { code?: unknown }).code === NO_DATABASE;
}
