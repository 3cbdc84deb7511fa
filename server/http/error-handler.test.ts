import { expect, onTestFinished, test } from 'vitest';
import { ADMIN, startWorld } from '../testing/world.ts';

test('who lost every race in the database is asked to come again, and told nothing of the database', async () => {
  const world = await startWorld();
  onTestFinished(() => world.stop());
  const { db } = world.context;
  await world.send(ADMIN, 'GET', '/api/org');
  const { selectFrom } = db;
  onTestFinished(() => void (db.selectFrom = selectFrom));
  for (const code of ['40001', '40P01']) {
    db.selectFrom = () => {
      throw Object.assign(new Error('could not serialize access'), { code });
    };
    const { status, headers, body } = await world.send(ADMIN, 'GET', '/api/orgs/1');
    expect(status).toBe(503);
    expect(headers.get('retry-after')).toBe('1');
    expect(JSON.stringify(body)).not.toMatch(/serialize|40/);
  }
});
