import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ADMIN_PASSWORD, DASHBOARDS, GRAFANA_SECRET_KEY, ORGS, seedGrafana, TOKENS } from './grafana.ts';
import { median } from './load.ts';
import { freePort, startLatchkey, stopProgram } from './processes.ts';
import { BENCH_SECRET_KEY } from './seed.ts';

const LIMIT_S = 60;
const LIMIT_MIB = 300;
const LOOK_EVERY_MS = 50;

/** An import of a large Grafana by the command itself, and how fast an imported token is afterwards. */
export async function benchImport(directory: string): Promise<boolean> {
  const count = (number: number): string => number.toLocaleString('en');
  console.log(
    `\nMaking a Grafana of ${count(ORGS)} organizations, ${count(TOKENS)} tokens and ${count(DASHBOARDS)} dashboards …`,
  );
  const path = join(directory, 'grafana.db');
  const { tokens, rows } = seedGrafana(path);
  const size = statSync(path).size / 1024 / 1024;
  console.log(`It has ${count(rows)} rows in ${size.toFixed(0)} MiB. Importing …`);
  const first = await runImport(directory, path);
  const again = await runImport(directory, path);
  const requests = await measureRequests(directory, tokens);
  console.log(`
| | the first time | again, with nothing new |
| --- | --- | --- |
| seconds | ${first.seconds.toFixed(1)} (to stay under ${LIMIT_S}) | ${again.seconds.toFixed(1)} |
| rows a second | ${(rows / first.seconds).toFixed(0)} | ${(rows / again.seconds).toFixed(0)} |
| peak resident memory | ${mebibytes(first.peakMiB)} (to stay under ${LIMIT_MIB}) | ${mebibytes(again.peakMiB)} |

Requests one after the other, medians of ${tokens.length} tokens

| | imported | native | imported / native |
| --- | --- | --- | --- |
${row('first request', requests.imported.first, requests.native.first)}
${row('second request', requests.imported.second, requests.native.second)}
${row('third request', requests.imported.third, requests.native.third)}`);
  return true;
}

function mebibytes(value: number): string {
  return Number.isNaN(value) ? 'not known on this system' : `${value.toFixed(0)} MiB`;
}

/** Runs the command to its end. It has to say that everything came. */
async function runImport(directory: string, path: string): Promise<{ seconds: number; peakMiB: number }> {
  const settings = join(directory, 'empty.ini');
  const keyFile = join(directory, 'old-secret-key');
  writeFileSync(settings, '');
  writeFileSync(keyFile, GRAFANA_SECRET_KEY);
  const begun = performance.now();
  const child = spawn(
    process.execPath,
    [
      'bin/latchkey.js',
      'import',
      'grafana',
      '--from',
      path,
      '--old-secret-key-file',
      keyFile,
      '--config',
      settings,
    ],
    {
      env: { ...process.env, GF_PATHS_DATA: directory, GF_SECURITY_SECRET_KEY: BENCH_SECRET_KEY },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => (said += text.toString()));
  let peakMiB = Number.NaN;
  const looking = setInterval(() => (peakMiB = peakOf(child.pid) ?? peakMiB), LOOK_EVERY_MS);
  const [code] = (await once(child, 'close')) as [number];
  clearInterval(looking);
  if (code !== 0) throw new Error(`the import ended with ${code}: ${said.slice(0, 4000)}`);
  return { seconds: (performance.now() - begun) / 1000, peakMiB };
}

/** The most memory that a process has had, as Linux accounts it; undefined elsewhere, and once it has ended. */
function peakOf(pid: number | undefined): number | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const found = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return found === null ? undefined : Number(found[1]) / 1024;
  } catch {
    // It has just ended.
    return undefined;
  }
}

interface Requests {
  first: number;
  second: number;
  third: number;
}

async function measureRequests(
  directory: string,
  imported: readonly string[],
): Promise<{ imported: Requests; native: Requests }> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const authorization = `Basic ${btoa(`admin:${ADMIN_PASSWORD}`)}`;
  const server = await startLatchkey(directory, port, `${url}/api/org`, { authorization });
  try {
    const native: string[] = [];
    // Each of another account, as the imported ones are.
    for (const [at] of imported.entries()) native.push(await issueToken(url, authorization, at));
    for (let warm = 0; warm < imported.length; warm++) await timed(`${url}/api/org`, authorization);
    return await rounds(url, imported, native);
  } finally {
    await stopProgram(server.process);
  }
}

async function issueToken(url: string, authorization: string, at: number): Promise<string> {
  const headers = { authorization, 'content-type': 'application/json' };
  const post = async (path: string, body: object): Promise<{ id: number; key: string }> => {
    const answer = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
    return answer.json() as Promise<{ id: number; key: string }>;
  };
  const { id } = await post('/api/serviceaccounts', { name: `native-${at}`, role: 'Editor' });
  return (await post(`/api/serviceaccounts/${id}/tokens`, { name: `native-${at}` })).key;
}

/** Three requests with each token, an imported one and a native one in turn. */
async function rounds(
  url: string,
  imported: readonly string[],
  native: readonly string[],
): Promise<{ imported: Requests; native: Requests }> {
  const medians = { imported: [] as number[], native: [] as number[] };
  for (let round = 0; round < 3; round++) {
    const times = { imported: [] as number[], native: [] as number[] };
    for (const [at, token] of imported.entries()) {
      times.imported.push(await timed(`${url}/api/org`, `Bearer ${token}`));
      times.native.push(await timed(`${url}/api/org`, `Bearer ${native[at]}`));
    }
    medians.imported.push(median(times.imported));
    medians.native.push(median(times.native));
  }
  const requests = ([first = Number.NaN, second = Number.NaN, third = Number.NaN]: number[]): Requests => ({
    first,
    second,
    third,
  });
  return { imported: requests(medians.imported), native: requests(medians.native) };
}

async function timed(url: string, authorization: string): Promise<number> {
  const begun = performance.now();
  const answer = await fetch(url, { headers: { authorization } });
  await answer.arrayBuffer();
  if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}`);
  return performance.now() - begun;
}

function row(name: string, imported: number, native: number): string {
  return `| ${name} | ${imported.toFixed(2)} ms | ${native.toFixed(2)} ms | ${(imported / native).toFixed(2)} |`;
}
