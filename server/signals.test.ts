import { once } from 'node:events';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startCli } from '../test/support/run-cli.ts';
import { newDatabase } from './testing/world.ts';

// The processes of a test are more than the cores that they share with other tests.
vi.setConfig({ testTimeout: 120_000 });
const PATIENT = { timeout: 60_000 };

/** The real command, once it listens, and what it has printed. */
async function start(settings: Record<string, string>) {
  const database = await newDatabase({ isUpToDate: true });
  onTestFinished(() => database.remove());
  const { url } = database.settings;
  const child = startCli(['serve'], {
    GF_PATHS_DATA: database.directory,
    ...(url === undefined ? {} : { GF_DATABASE_URL: url }),
    GF_SERVER_HTTP_PORT: '0',
    ...settings,
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => (text += part));
  }
  const ended = once(child, 'close') as Promise<[code: number | null, signal: string | null]>;
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const address = () => /Latchkey listens on (\S+)/.exec(text)?.[1];
  await expect.poll(address, PATIENT).toBeDefined();
  return {
    child,
    lines: () => text.split('\n').filter((line) => line.startsWith('time=')),
    isServed: async () => (await fetch(`${address()}/readyz`)).status === 200,
    async stop() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

for (const workers of ['1', '2']) {
  const name = workers === '1' ? 'a server' : 'a server of several workers';

  test(`SIGHUP does not end ${name} that has nothing to reload: it says so once, each time`, async () => {
    const { child, lines, isServed, stop } = await start({ GF_SERVER_WORKERS: workers });
    const said = () => lines().filter((line) => line.includes('nothing to reload')).length;
    for (const time of [1, 2]) {
      child.kill('SIGHUP');
      await expect.poll(said, PATIENT).toBe(time);
      expect(await isServed()).toBe(true);
    }
    expect(await stop()).toEqual([0, null]);
    expect(lines().filter((line) => line.includes('a worker ended'))).toEqual([]);
    expect(said()).toBe(2);
  });

  test(`the last line of ${name} that was told to stop says that it has`, async () => {
    const { lines, stop } = await start({ GF_SERVER_WORKERS: workers });
    expect(await stop()).toEqual([0, null]);
    expect(lines().at(-2)).toContain('msg="stopping on SIGTERM"');
    expect(lines().at(-1)).toContain('msg=stopped');
    expect(lines().filter((line) => line.includes('msg=stopped'))).toHaveLength(1);
  });
}

test('several workers say in one line where they serve', async () => {
  const { lines, stop } = await start({ GF_SERVER_WORKERS: '2' });
  expect(await stop()).toEqual([0, null]);
  const said = lines().filter((line) => /127\.0\.0\.1:\d/.test(line));
  expect(said).toEqual([
    expect.stringMatching(/level=info .*msg="2 workers serve at http:\/\/127\.0\.0\.1:\d+"$/),
  ]);
});
