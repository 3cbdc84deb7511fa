import { isUniqueViolation } from '../../../db/errors.ts';
import { notFound, taken } from '../../access/refusals.ts';
import type { CloudRequestContext } from '../../context.ts';
import type { StackRow } from '../../db/schema.ts';
import { deletePlugin, getPlugin, insertPlugin, type PluginRow, updateVersion } from './plugins.store.ts';

// There is no catalog here: whatever is called the latest is.
export const LATEST = 'latest';

/** Notes that a plugin is in a stack. Nothing is installed: a stack has no plugins. Throws 409 where it is noted already. */
export async function notePlugin(
  { db, now }: CloudRequestContext,
  stack: StackRow,
  { plugin, version = LATEST }: { plugin: string; version?: string | undefined },
): Promise<PluginRow> {
  try {
    return await insertPlugin(db, { stack_id: stack.id, slug: plugin, version, created_at: now() });
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
  const { id } = await requirePlugin(context, stack, slug);
  return updateVersion(context.db, id, version);
}

/** Throws 404. */
export async function dropPlugin(
  context: CloudRequestContext,
  stack: StackRow,
  slug: string,
): Promise<PluginRow> {
  const plugin = await requirePlugin(context, stack, slug);
  await deletePlugin(context.db, plugin.id);
  return plugin;
}
