import { existsSync } from 'node:fs';
import type { Config } from '../config/config.ts';
import type { RequestContext } from '../context.ts';
import { asOperator } from '../operator.ts';
import { openContext } from '../server.ts';
import { inNewFile } from './new-file.ts';
import { notEmpty } from './restore.ts';

/** Does the work on a database as it is, and makes a file that is not there; a new one stays only where the work was done. */
export async function inDatabase<T>(
  config: Config,
  work: (context: RequestContext) => Promise<T>,
): Promise<T> {
  const { database } = config;
  const into = async (path: string): Promise<T> => {
    const placed = { ...config, database: { ...database, path } };
    const { context, close } = await openContext(placed, { console: process.stderr, isLeftAsItIs: true });
    try {
      return await work(asOperator(context));
    } finally {
      await close();
    }
  };
  if (database.type !== 'sqlite' || existsSync(database.path)) return into(database.path);
  return inNewFile(database.path, into, () => {
    if (existsSync(database.path)) throw notEmpty();
  });
}
