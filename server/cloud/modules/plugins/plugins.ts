import { isUniqueViolation } from '../../../db/errors.ts';
import { inTransaction } from '../../../db/transaction.ts';
import { changed } from '../../../modules/audit/changed.ts';
import { notFound, taken } from '../../access/refusals.ts';
import type { CloudRequestContext } from '../../context.ts';
import type { StackRow } from '../../db/schema.ts';
import { recordChange } from '../audit/audit.ts';
import { deletePlugin, getPlugin, insertPlugin, type PluginRow, updateVersion } from './plugins.store.ts';

// There is no catalog here: whatever is called the latest is.
export const LATEST = 'latest';

/** Notes that a plugin is in a stack. Nothing is installed: a stack has no plugins. Throws 409 where it is noted already. */
export async function notePlugin(
  context: CloudRequestContext,
  stack: StackRow,
  { plugin, version = LATEST }: { plugin: string; version?: string | undefined },
): Promise<PluginRow> {
  try {
    return await inTransaction(context, async (context) => {
      const { db, now } = context;
      const row = await insertPlugin(db, { stack_id: stack.id, slug: plugin, version, created_at: now() });
      await record(context, 'create', stack, row, { version });
      return row;
    });
  } catch (error) {
    throw isUniqueViolation(error) ? taken(`Plugin ${plugin} is already installed`) : error;
  }
}

/** Throws 404. */
export async function requirePlugin(
  { db }: CloudRequestContext,
  stack: StackRow,
  slug: string,
): Promise<PluginRow> {
  const plugin = await getPlugin(db, stack.id, slug);
  if (plugin === undefined) throw notFound('Plugin');
  return plugin;
}

/** Notes another version. Throws 404. */
export async function changePlugin(
  context: CloudRequestContext,
  stack: StackRow,
  slug: string,
  version: string,
): Promise<PluginRow> {
  return inTransaction(context, async (context) => {
    const before = await requirePlugin(context, stack, slug);
    const row = await updateVersion(context.db, before.id, version);
    await record(context, 'write', stack, row, changed({ version: before.version }, { version }));
    return row;
  });
}

/** Throws 404. */
export async function dropPlugin(
  context: CloudRequestContext,
  stack: StackRow,
  slug: string,
): Promise<PluginRow> {
  return inTransaction(context, async (context) => {
    const plugin = await requirePlugin(context, stack, slug);
    await deletePlugin(context.db, plugin.id);
    await record(context, 'delete', stack, plugin, { version: plugin.version });
    return plugin;
  });
}

function record(
  context: CloudRequestContext,
  verb: string,
  { slug: stack }: StackRow,
  { id, slug: name }: PluginRow,
  change: Record<string, unknown>,
): Promise<void> {
  const action = `stack-plugins:${verb}`;
  return recordChange(context, { action, kind: 'plugin', id, name, change: { stack, ...change } });
}
