import { chmodSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { loadConfig } from '../config/config.ts';
import { makeHome } from '../testing/temporary-home.ts';
import { openDatabase } from './open.ts';

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
