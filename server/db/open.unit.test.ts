import { chmodSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { loadConfig } from '../config/config.ts';
import { makeHome } from '../testing/temporary-home.ts';
import { openDatabase } from './open.ts';
import { MAY_BE_LOST } from './times.ts';

test('the files of the embedded database are for their own user alone, in a directory that others may enter, too', async () => {
  const home = makeHome({});
  chmodSync(home, 0o755);
  const { config } = loadConfig({ home, env: {}, overrides: { paths: { data: home } } });
  const db = openDatabase(config, () => undefined);
  await sql`create table thing (id integer)`.execute(db);
  const files = readdirSync(home);
  expect(files).toContain('latchkey.db-wal');
  for (const file of files) expect(statSync(join(home, file)).mode & 0o077, file).toBe(0);
  await db.destroy();
});

test('what follows a change that may be lost is synced again, also where that change fails', async () => {
  const home = makeHome({});
  const { config } = loadConfig({ home, env: {}, overrides: { paths: { data: home } } });
  const db = openDatabase(config, () => undefined);
  const how = async () =>
    (await sql<{ synchronous: number }>`pragma synchronous`.execute(db)).rows[0]?.synchronous;
  await sql`create table thing (id integer primary key)`.execute(db);
  const add = (mark: string) =>
    sql`${sql.raw(mark)}insert into thing values (1) returning (select synchronous from pragma_synchronous) as how`.execute(
      db,
    );
  const full = await how();
  expect((await add(MAY_BE_LOST)).rows).toEqual([{ how: 1 }]);
  expect(await how()).toBe(full);
  await expect(add(MAY_BE_LOST)).rejects.toThrow('UNIQUE');
  expect(await how()).toBe(full);
  expect(full).toBe(2);
  await db.destroy();
});
