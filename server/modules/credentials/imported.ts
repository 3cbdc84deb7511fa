import type { Context } from '../../context.ts';
import { grafanaHash, IMPORTED_SECRET, importedSecret } from '../../crypto/grafana-hashes.ts';
import { grafanaPartsOf, secretHash } from '../../crypto/secrets.ts';
import { inTransaction } from '../../db/transaction.ts';
import { ApiError } from '../../errors.ts';
import type { Memory } from '../../memory.ts';
import { getCredentialByHash, hasHashBeginning, type ProvenRow, updateHash } from './credentials.store.ts';

// A key or token that was imported has Grafana's hash, which costs ten thousand times what ours does. It is computed the first time
// that the secret is seen, and ours put in its place; from then on it is like any other.

/** How many hashes are computed at once; the thread pool has four threads, and others need it too. */
const MOST_AT_ONCE = 2;
/** How many may wait for one: whoever invents secrets makes neither memory nor patience run out. */
const MOST_WAITING = 100;
const REFUSED_MOST = 5000;
const KEPT_MS = 60_000;
const LEFT = 'imported:left';
const REFUSED = 'imported:refused';

/** Whether there are imported credentials that were not seen yet. */
interface Left {
  some: boolean;
  asOf: number;
}

/** When what was presented was found to be nobody's, by its hash. */
interface Refused {
  at: Map<string, number>;
}

/** The imported credential that was presented for the first time, by now with our hash. */
export async function findImported(
  context: Context,
  hash: string,
  presented: string,
): Promise<ProvenRow | undefined> {
  const parts = grafanaPartsOf(presented);
  if (parts === undefined || !(await someAreLeft(context))) return undefined;
  // Not by the secret alone: with another name it is another key's.
  const shown = secretHash(presented);
  const refused = await refusedLately(context);
  const since = refused.at.get(shown);
  if (since !== undefined && context.now() - since < KEPT_MS) return undefined;
  const theirs = importedSecret(await inLine(context, () => grafanaHash(parts.secret, parts.salt)));
  const isKnown = (await getCredentialByHash(context.db, theirs)) !== undefined;
  const row = isKnown ? await takeOver(context, theirs, hash) : await getCredentialByHash(context.db, hash);
  if (row === undefined) keepRefused(refused, shown, context.now());
  return row;
}

/** The imported credential that was presented, which keeps the hash that it has. */
export async function findImportedUntouched(
  context: Context,
  presented: string,
): Promise<ProvenRow | undefined> {
  const parts = grafanaPartsOf(presented);
  if (parts === undefined || !(await someAreLeft(context))) return undefined;
  const theirs = await inLine(context, () => grafanaHash(parts.secret, parts.salt));
  return getCredentialByHash(context.db, importedSecret(theirs));
}

/** Whether a database has imported credentials that were not seen yet. */
export function hasImported({ db }: Pick<Context, 'db'>): Promise<boolean> {
  return hasHashBeginning(db, IMPORTED_SECRET);
}

/** The hash that a credential has until it is seen, which is 15 ms of work; undefined for what is none of Grafana's. */
export async function importedHashOf(presented: string): Promise<string | undefined> {
  const parts = grafanaPartsOf(presented);
  return parts && importedSecret(await grafanaHash(parts.secret, parts.salt));
}

/** Has credentials that were just imported be looked for, also those that were refused before. */
export function expectImported(context: Context): void {
  context.touch(LEFT);
  context.touch(REFUSED);
}

function takeOver(context: Context, theirs: string, hash: string): Promise<ProvenRow | undefined> {
  return inTransaction(context, async (context) => {
    context.touch(LEFT);
    // Where another server was first, it has our hash by now.
    return (await updateHash(context.db, theirs, hash)) ?? getCredentialByHash(context.db, hash);
  });
}

/** Looked up anew now and then: an import on another machine is not announced here. */
async function someAreLeft(context: Context): Promise<boolean> {
  const known = context.memory.recall<Left>(LEFT);
  if (known !== undefined && context.now() - known.asOf < KEPT_MS) return known.some;
  context.touch(LEFT);
  const left = await context.memory.remember<Left>(LEFT, async () => {
    const asOf = context.now();
    return { some: await hasHashBeginning(context.db, IMPORTED_SECRET), asOf };
  });
  return left?.some ?? false;
}

// In the memory, so that what an import adds is not refused any longer: its end clears all that is remembered.
async function refusedLately({ memory }: Context): Promise<Refused> {
  const none = (): Refused => ({ at: new Map() });
  const known = memory.recall<Refused>(REFUSED);
  return known ?? (await memory.remember<Refused>(REFUSED, () => Promise.resolve(none()))) ?? none();
}

function keepRefused({ at }: Refused, shown: string, now: number): void {
  at.delete(shown);
  at.set(shown, now);
  if (at.size <= REFUSED_MOST) return;
  for (const oldest of at.keys()) {
    at.delete(oldest);
    return;
  }
}

interface Line {
  running: number;
  waiting: (() => void)[];
}

const lines = new WeakMap<Memory, Line>();

/** Runs the work when there is room for it, in the order of asking. */
async function inLine<T>({ memory }: Context, work: () => Promise<T>): Promise<T> {
  const line = lines.get(memory) ?? { running: 0, waiting: [] };
  lines.set(memory, line);
  if (line.waiting.length >= MOST_WAITING) throw tooMany();
  if (line.running >= MOST_AT_ONCE) await new Promise<void>((resolve) => line.waiting.push(resolve));
  else line.running++;
  try {
    return await work();
  } finally {
    const next = line.waiting.shift();
    // Whoever comes next takes this place.
    if (next === undefined) line.running--;
    else next();
  }
}

function tooMany(): ApiError {
  return new ApiError(503, 'credentials.busy', 'Too many unknown keys are being looked at', {
    detail: 'A key that was imported and is used for the first time takes longer: try again in a moment.',
    headers: { 'retry-after': '2' },
  });
}
