import { type Failed, reasonOf } from '../backup/failed.ts';
import type { Config } from '../config/config.ts';
import type { RequestContext } from '../context.ts';
import { createLog } from '../log.ts';
import { asOperator } from '../operator.ts';
import { openContext } from '../server.ts';
import { openCloudDatabase } from './cloud.ts';
import { cloudDatabase, databaseExists } from './databases.ts';
import type { StackRow } from './db/schema.ts';
import { configOfStack } from './stack-config.ts';

/**
 * Does work on the database of each stack in turn, of those too that are deleted and still kept; none where there is no cloud side.
 * Where it fails the others go on, and what went wrong is answered.
 */
export async function onEveryStack<T>(
  config: Config,
  work: (context: RequestContext) => Promise<T>,
  onProgress: (done: number, total: number) => void,
): Promise<{ done: { slug: string; result: T }[]; failed: Failed[] }> {
  const done: { slug: string; result: T }[] = [];
  const failed: Failed[] = [];
  const stacks = await keptStacks(config);
  for (const [at, stack] of stacks.entries()) {
    onProgress(at, stacks.length);
    const { id, slug } = stack;
    try {
      const own = configOfStack(config, stack);
      if (!(await databaseExists(config.database, own.database))) {
        // Of a deleted one it may be gone: it was removed just now, or never made.
        if (stack.deleted_at === null) throw new Error('its database is not there');
        continue;
      }
      const { context, close } = await openContext(own, { console: process.stderr });
      try {
        done.push({ slug, result: await work(asOperator(context)) });
      } finally {
        await close();
      }
    } catch (error) {
      failed.push({ id, slug, reason: reasonOf(error) });
    }
  }
  return { done, failed };
}

async function keptStacks(config: Config): Promise<StackRow[]> {
  if (!(await databaseExists(config.database, cloudDatabase(config.database)))) return [];
  const db = await openCloudDatabase(config, createLog(config, { console: process.stderr }));
  try {
    return await db.selectFrom('stack').selectAll().where('removed_at', 'is', null).orderBy('id').execute();
  } finally {
    await db.destroy();
  }
}
