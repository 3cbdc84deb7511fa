import { expect, onTestFinished, test } from 'vitest';
import { loadConfig } from './config/config.ts';
import { startServer } from './server.ts';
import { makeHome } from './testing/temporary-home.ts';

test('a request that never ends is not waited for without end', async () => {
  const { config } = loadConfig({
    home: makeHome({}),
    env: {},
    overrides: {
      server: { http_port: 0, read_timeout: '7s' },
      security: { secret_key: 'a key for tests' },
      log: { level: 'critical' },
    },
  });
  const server = await startServer(config);
  onTestFinished(() => server.stop());
  expect(server.app.server.requestTimeout).toBe(7000);
  expect(loadConfig({ home: makeHome({}), env: {} }).config.server.read_timeout).toBeGreaterThan(0);
});
