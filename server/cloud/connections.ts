import { availableParallelism } from 'node:os';
import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { stackDatabase } from './databases.ts';

const UNLESS_SET = 10;
// What listens for changes by other servers, beside each pool.
const LISTENING = 1;

/** Warns in figures where the open stacks may take more connections than their PostgreSQL has. */
export async function warnOfConnections(context: Context): Promise<void> {
  const { config, log } = context;
  const workers = config.server.workers || availableParallelism();
  const ofServer = 2 * ((config.database.max_open_conn || UNLESS_SET) + LISTENING);
  const ofStack = stackDatabase(config.database, 0).max_open_conn + LISTENING;
  const { open_stacks: stacks } = config.cloud;
  const needed = workers * (ofServer + stacks * ofStack);
  const most = await mostConnections(context);
  if (most === undefined || needed <= most) return;
  const fitting = Math.floor((most / workers - ofServer) / ofStack);
  log.warn(
    `this server may take ${needed} connections to PostgreSQL, which has ${most} for all its clients: up to ${ofStack} for each of ` +
      `[cloud] open_stacks = ${stacks}${workers > 1 ? ` in each of ${workers} workers` : ''}. Set max_connections in PostgreSQL higher` +
      (fitting > 0 ? `, or open_stacks to ${fitting} or less` : ''),
  );
}

/** How many connections there are for those who are no superusers; undefined where that is not told. */
async function mostConnections({ db }: Context): Promise<number | undefined> {
  const { rows } = await sql<{ name: string; setting: string }>`
    select name, setting from pg_settings where name in ('max_connections', 'superuser_reserved_connections')`.execute(
    db,
  );
  const of = (name: string): number | undefined => {
    const found = rows.find((row) => row.name === name);
    return found && Number(found.setting);
  };
  const most = of('max_connections');
  return most && most - (of('superuser_reserved_connections') ?? 0);
}
