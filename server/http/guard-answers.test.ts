import { expect, onTestFinished, test } from 'vitest';
import { ADMIN, type As, startWorld } from '../testing/world.ts';

test('no answer, refusals included, is kept by a proxy, guessed at, or framed', async () => {
  const world = await startWorld();
  onTestFinished(() => world.stop());
  const calls: [As, string, string, number][] = [
    [ADMIN, 'GET', '/api/org', 200],
    [ADMIN, 'GET', '/api/dashboards/uid/none', 404],
    [ADMIN, 'GET', '/nowhere', 404],
    [ADMIN, 'PUT', '/api/org', 400],
    [undefined, 'GET', '/api/org', 401],
    [undefined, 'GET', '/api/health', 200],
    [undefined, 'GET', '/metrics', 200],
  ];
  for (const [as, method, path, wanted] of calls) {
    const { status, headers } = await world.send(as, method, path, method === 'PUT' ? {} : undefined);
    expect(status, path).toBe(wanted);
    expect(headers.get('cache-control'), path).toBe('no-store');
    expect(headers.get('x-content-type-options'), path).toBe('nosniff');
    expect(headers.get('x-frame-options'), path).toBe('deny');
  }
});
