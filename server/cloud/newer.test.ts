import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { startCloudWorld } from '../testing/cloud.ts';
import { openCloudDatabase } from './cloud.ts';

test('a cloud side whose database a newer version has brought up to date does not start, and changes nothing', async () => {
  const world = await startCloudWorld();
  onTestFinished(() => world.stop());
  const { config, log } = world.context;
  const db = await openCloudDatabase(config, log);
  onTestFinished(() => db.destroy());
  await sql`insert into kysely_migration (name, timestamp) values ('9999-later', '2030-01-01')`.execute(db);
  const steps = sql<{ name: string }>`select name from kysely_migration order by name`;
  const before = (await steps.execute(db)).rows;
  await expect(openCloudDatabase(config, log)).rejects.toThrow(
    /the database of the cloud side was brought up to date by a newer Latchkey \(9999-later\)/,
  );
  expect((await steps.execute(db)).rows).toEqual(before);
});
