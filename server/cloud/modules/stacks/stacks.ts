import { isUniqueViolation } from '../../../db/errors.ts';
import { inTransaction } from '../../../db/transaction.ts';
import { changed } from '../../../modules/audit/changed.ts';
import { reaches, requireWholeOrg } from '../../access/caller.ts';
import { invalidArgument, notFound, taken } from '../../access/refusals.ts';
import type { Place } from '../../addresses.ts';
import type { CloudContext, CloudRequestContext } from '../../context.ts';
import type { StackRow } from '../../db/schema.ts';
import { recordChange } from '../audit/audit.ts';
import { knownRegion, regionsOf } from '../regions/regions.ts';
import { fieldsOf, slugFrom, type StackChanges } from './stack-fields.ts';
import { asksForPlace, forget, formerPlace, isSamePlace, NOT_AVAILABLE, placeFor } from './stack-places.ts';
import {
  getDeletedStack,
  getStack,
  getStackAt,
  insertStack,
  listDeletedStacks,
  listKeptStacks,
  listStacks,
  listStacksOf,
  REMOVAL_BEGUN,
  updateStack,
} from './stacks.store.ts';

export interface NewStack extends StackChanges {
  region?: string | undefined;
}

/** What a stack is. Grafana: "paused" is one that grafana.com has stopped; clients pass the word on. */
export function statusOf({ deleted_at, suspended_at }: StackRow): 'active' | 'paused' | 'deleted' {
  if (deleted_at !== null) return 'deleted';
  return suspended_at === null ? 'active' : 'paused';
}

/** All stacks that the caller may reach; or those that were deleted and can be restored, the last one first. */
export async function stacksOf(
  { db, caller }: CloudRequestContext,
  { isDeleted = false } = {},
): Promise<StackRow[]> {
  const found = await (isDeleted ? listDeletedStacks : listStacks)(db, caller.org.id);
  return found.filter((stack) => reaches(caller, stack));
}

/** A stack that the caller may reach, by id or slug. Throws 404, also for one that is deleted. */
export async function requireStack({ db, caller }: CloudRequestContext, idOrSlug: string): Promise<StackRow> {
  const stack = await getStack(db, idOrSlug);
  if (stack === undefined || !reaches(caller, stack)) {
    throw notFound(
      'Instance',
      'GET /api/instances lists those that this key or token reaches, and with ?deleted=true those that can be restored.',
    );
  }
  return stack;
}

/** A stack as it is now, whoever asks. Throws 404 where it was deleted meanwhile. */
export async function stackNow({ db }: CloudContext, id: number): Promise<StackRow> {
  const stack = await getStack(db, String(id));
  if (stack === undefined) throw notFound('Instance');
  return stack;
}

/** Those of some stacks that are there, as they are now. */
export function stacksNow({ db }: CloudContext, ids: readonly number[]): Promise<StackRow[]> {
  return listStacksOf(db, ids);
}

/** All that have their data, of every organization: those that are suspended, and deleted and kept, too. */
export function keptStacks({ db }: CloudContext): Promise<StackRow[]> {
  return listKeptStacks(db);
}

/** Whether a stack has its data still. */
export async function hasData({ db }: CloudContext, id: number): Promise<boolean> {
  return (await listKeptStacks(db, id)).length > 0;
}

/** Makes a stack and its database. Throws 409 for what is missing, taken or not allowed, in grafana.com's words. */
export async function createStack(context: CloudRequestContext, wanted: NewStack): Promise<StackRow> {
  requireWholeOrg(context.caller);
  const { name = '', slug = slugFrom(name) } = wanted;
  if (name === '') throw invalidArgument('Field is required: name');
  const region = knownRegion(context.config, wanted.region ?? regionsOf(context.config)[0]?.slug ?? '');
  const fields = fieldsOf({ ...wanted, slug, name });
  if (await getStack(context.db, slug)) throw taken(NOT_AVAILABLE, `There is a stack ${slug} already.`);
  const place = await placeFor(context, slug, wanted.url);
  const now = context.now();
  const stack = await change(context, place, async (context) => {
    const made = await insertStack(context.db, {
      org_id: context.caller.org.id,
      slug,
      name,
      description: '',
      region,
      labels: '{}',
      delete_protection: 0,
      ...fields,
      ...place,
      created_by: context.caller.name,
      updated_by: context.caller.name,
      created_at: now,
      updated_at: now,
      suspended_at: null,
      deleted_at: null,
      removed_at: null,
    });
    await record(context, 'create', made, told(made));
    return made;
  });
  try {
    await context.stacks.make(stack);
  } catch (error) {
    await end(context, stack);
    throw error;
  }
  return stack;
}

/** Changes what is given of a stack. Throws 404, and 409 like making one. */
export async function changeStack(
  context: CloudRequestContext,
  idOrSlug: string,
  changes: StackChanges,
): Promise<StackRow> {
  const before = await requireStack(context, idOrSlug);
  const fields = fieldsOf(changes);
  const slug = changes.slug ?? before.slug;
  const isMoved = slug !== before.slug || asksForPlace(context, slug, changes.url);
  const place = isMoved ? await placeFor(context, slug, changes.url, before) : undefined;
  let left: Place = before;
  const after = await change(context, place ?? before, async (context) => {
    const was = await requireStack(context, String(before.id));
    if (place && !isSamePlace(was, before)) throw new MovedMeanwhile();
    left = was;
    // Where it is by now: a server that remembers it there would let people in for ever.
    forget(context, was);
    const times = { updated_by: context.caller.name, updated_at: context.now() };
    const is = await updateStack(context.db, was.id, { ...fields, ...place, ...times });
    await record(context, 'write', is, changed(told(was), told(is)));
    return is;
  }).catch((error: unknown) => {
    if (error instanceof MovedMeanwhile) return undefined;
    throw error;
  });
  // Which place is free to it depends on where it is.
  if (after === undefined) return changeStack(context, String(before.id), changes);
  if (left.port !== null && left.port !== after.port) context.ports.drop(left.port);
  // It knows its address, and tells it.
  if (!isSamePlace(left, after)) await context.stacks.close(before.id);
  return after;
}

class MovedMeanwhile extends Error {}

/** Suspends a stack: nobody is let in any more, and it keeps all it has. One that is suspended already stays as it is. Throws 404. */
export async function suspendStack(context: CloudRequestContext, idOrSlug: string): Promise<StackRow> {
  const stack = await setSuspended(context, idOrSlug, true);
  await context.stacks.close(stack.id);
  return stack;
}

/** Lets people into a suspended stack again. One that is not suspended stays as it is. Throws 404. */
export function resumeStack(context: CloudRequestContext, idOrSlug: string): Promise<StackRow> {
  return setSuspended(context, idOrSlug, false);
}

/** Deletes a stack: it is gone at once, and its data is kept for a while. Throws 404, and 409 for one that is protected. */
export async function deleteStack(context: CloudRequestContext, idOrSlug: string): Promise<StackRow> {
  const deleted = await inTransaction(context, async (context) => {
    const stack = await requireStack(context, idOrSlug);
    if (stack.delete_protection === 1) {
      throw taken(
        'The stack has delete protection',
        'Set deleteProtection to false first, as "latchkey cloud stacks update" does by --no-delete-protection.',
      );
    }
    forget(context, stack);
    await record(context, 'delete', stack, told(stack));
    return updateStack(context.db, stack.id, { deleted_at: context.now(), updated_by: context.caller.name });
  });
  await leave(context, deleted);
  return deleted;
}

/** Brings back a stack that was deleted, while its data is kept. Throws 404, and 409 for one that is there or whose slug was taken since. */
export async function restoreStack(context: CloudRequestContext, id: number): Promise<StackRow> {
  const { caller } = context;
  requireWholeOrg(caller);
  const deleted = await getDeletedStack(context.db, id);
  if (deleted === undefined || !reaches(caller, deleted)) {
    await requireStack(context, String(id));
    throw taken('The stack is not deleted', 'One that is suspended is resumed, not restored.');
  }
  if (await getStack(context.db, deleted.slug))
    throw taken(
      NOT_AVAILABLE,
      'Another stack has its slug by now: this one can be restored once that one is deleted.',
    );
  const place = await formerPlace(context, deleted);
  return change(context, place, async (context) => {
    const found = await getDeletedStack(context.db, id);
    if (found === undefined) throw notFound('Instance');
    const times = { updated_by: caller.name, updated_at: context.now() };
    const restored = await updateStack(context.db, id, { ...place, ...times, deleted_at: null });
    await record(context, 'restore', restored, told(restored));
    return restored;
  });
}

function setSuspended(
  context: CloudRequestContext,
  idOrSlug: string,
  isSuspended: boolean,
): Promise<StackRow> {
  return inTransaction(context, async (context) => {
    const before = await requireStack(context, idOrSlug);
    if ((before.suspended_at !== null) === isSuspended) return before;
    forget(context, before);
    const now = context.now();
    await record(context, isSuspended ? 'suspend' : 'resume', before, { slug: before.slug });
    return updateStack(context.db, before.id, {
      suspended_at: isSuspended ? now : null,
      updated_by: context.caller.name,
      updated_at: now,
    });
  });
}

async function end(context: CloudRequestContext, stack: StackRow): Promise<void> {
  await inTransaction(context, async (context) => {
    forget(context, stack);
    // Nobody has got anything in it, and nobody restores it.
    await updateStack(context.db, stack.id, { deleted_at: context.now(), removed_at: REMOVAL_BEGUN });
    await record(context, 'delete', stack, { ...told(stack), reason: 'it could not be opened' });
  });
  await leave(context, stack);
}

async function leave({ ports, stacks }: CloudContext, { id, port }: StackRow): Promise<void> {
  if (port !== null) ports.drop(port);
  await stacks.close(id);
}

/** Runs a change that may meet somebody else's slug or place. */
async function change(
  context: CloudRequestContext,
  place: Place,
  work: (context: CloudRequestContext) => Promise<StackRow>,
): Promise<StackRow> {
  try {
    return await inTransaction(context, async (context) => {
      const stack = await work(context);
      // Within the transaction, so that other servers hear of it and listen at its port.
      forget(context, stack);
      return stack;
    });
  } catch (error) {
    const isKept = place.port !== null && (await getStackAt(context.db, { port: place.port })) !== undefined;
    if (place.port !== null && !isKept) context.ports.drop(place.port);
    throw isUniqueViolation(error) ? taken(NOT_AVAILABLE, 'Another stack has that slug or address.') : error;
  }
}

function told(stack: StackRow): Record<string, unknown> {
  const { name, slug, region, description, labels, delete_protection, port, host } = stack;
  const deleteProtection = delete_protection === 1;
  return { name, slug, region, description, labels: JSON.parse(labels), deleteProtection, port, host };
}

function record(
  context: CloudRequestContext,
  verb: string,
  { id, name }: StackRow,
  what: Record<string, unknown>,
): Promise<void> {
  return recordChange(context, { action: `stacks:${verb}`, kind: 'stack', id, name, change: what });
}
