import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const MODULES = join(ROOT, 'node_modules');
// As somebody has it who did not come by this checkout: the machine's own Node.
const env: NodeJS.ProcessEnv = {
  PATH: (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((path) => !path.startsWith(MODULES))
    .join(delimiter),
  HOME: tmpdir(),
  XDG_CONFIG_HOME: '/nonexistent',
  GF_SERVER_HTTP_PORT: '0',
};
let directory: string;
let packed: string[];

// Unpacked beside what is installed here: what its dependencies are is the registry's, which a test does not ask.
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'latchkey-package-'));
  run('npm', ['pack', '--loglevel=error', '--pack-destination', directory], ROOT);
  const [file = ''] = readdirSync(directory);
  packed = run('tar', ['-tzf', file]).split('\n').filter(Boolean);
  run('tar', ['-xzf', file]);
  symlinkSync(MODULES, join(directory, 'node_modules'));
}, 240_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function run(program: string, args: string[], cwd = directory): string {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, env, encoding: 'utf8' });
  expect(status, `${program} ${args.join(' ')}: ${stdout}${stderr}`).toBe(0);
  return stdout;
}

test('the package has the command line, the server and the page, and no tests, no sources and nobody’s data', () => {
  const wanted = [
    'bin/latchkey.js',
    'dist/cli/main.js',
    'dist/server/app.js',
    'dist/server/modules/api-docs/swagger-ui/swagger-ui-bundle.js',
    'dist/web/index.html',
    'LICENSE',
  ];
  expect(packed).toEqual(expect.arrayContaining(wanted.map((file) => `package/${file}`)));
  expect(packed.filter((file) => /\.ts$|\btest|\.test\.|\/data\/|\.db$/.test(file))).toEqual([]);
});

test('its command says what it can do, and tells of a server that is not there', () => {
  expect(run('node', ['package/bin/latchkey.js', '--help'])).toContain('Usage: latchkey');
  const asked = ['package/bin/latchkey.js', 'keys', 'list', '--url', 'http://127.0.0.1:9', '--token', 'x'];
  const { status, stderr } = spawnSync('node', asked, { cwd: directory, env, encoding: 'utf8' });
  expect(status).toBe(5);
  expect(stderr).toContain('127.0.0.1:9');
});

test('it serves the API and the page, and ends when it is told to', { timeout: 60_000 }, async () => {
  const data = join(directory, 'data');
  const server = spawn('node', ['package/bin/latchkey.js', 'serve'], {
    cwd: directory,
    env: { ...env, GF_PATHS_DATA: data },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => server.once('close', resolve));
  let said = '';
  const url = await new Promise<string>((resolve, reject) => {
    server.once('close', () => reject(new Error(`it ended and said: ${said}`)));
    server.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const found = /Latchkey listens on (\S+)/.exec(said)?.[1];
      if (found !== undefined) resolve(found);
    });
  });
  const keys = await fetch(`${url}/api/auth/keys`, {
    headers: { authorization: `Basic ${btoa('admin:admin')}` },
  });
  expect([keys.status, await keys.json()]).toEqual([200, []]);
  const page = await fetch(`${url}/login`, { headers: { accept: 'text/html' } });
  expect(await page.text()).toContain('<script type="module"');
  const reader = await fetch(`${url}/api/docs/swagger-ui-bundle.js`);
  expect([reader.status, await reader.text()]).toEqual([200, expect.stringContaining('SwaggerUIBundle')]);
  server.kill('SIGTERM');
  expect(await ended).toBe(0);
});
