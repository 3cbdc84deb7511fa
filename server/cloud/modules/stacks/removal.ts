import { inTransaction } from '../../../db/transaction.ts';
import type { CloudContext } from '../../context.ts';
import type { StackRow } from '../../db/schema.ts';
import { recordOwnChange } from '../audit/audit.ts';
import {
  endRemoval,
  getDeletedStack,
  listDeletedBefore,
  REMOVAL_BEGUN,
  updateStack,
} from './stacks.store.ts';

/** Removes for good what was deleted long enough ago. */
export async function removeDeleted(
  context: CloudContext,
  remove: (stack: StackRow) => Promise<void>,
): Promise<void> {
  const before = context.now() - context.config.cloud.keep_deleted_for;
  for (const stack of await listDeletedBefore(context.db, before)) {
    // First of all: whoever restores it meanwhile would have a stack without data.
    if (stack.removed_at === null && !(await beginRemoval(context, stack.id, before))) continue;
    try {
      await context.stacks.close(stack.id);
      await remove(stack);
    } catch (error) {
      const { slug, id } = stack;
      context.log.error(
        { err: error, stack: slug, id },
        'the data of a deleted stack could not be removed; trying again later',
      );
      continue;
    }
    const isDone = await inTransaction(context, async (context) => {
      const removed = await endRemoval(context.db, stack.id, context.now());
      if (removed === undefined) return false;
      const { id, slug, name, org_id } = removed;
      const entry = { action: 'stacks:remove', kind: 'stack', id, name, change: { slug } };
      await recordOwnChange(context, org_id, entry);
      return true;
    });
    if (!isDone) continue;
    context.log.info({ stack: stack.slug, id: stack.id }, 'the data of a deleted stack was removed');
  }
}

function beginRemoval(context: CloudContext, id: number, before: number): Promise<boolean> {
  return inTransaction(context, async ({ db }) => {
    const stack = await getDeletedStack(db, id);
    // It may have been restored, and deleted anew, since it was listed.
    if (stack === undefined || (stack.deleted_at ?? Infinity) > before) return false;
    await updateStack(db, id, { removed_at: REMOVAL_BEGUN });
    return true;
  });
}
