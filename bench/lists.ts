import { freePort, startBare, startLatchkey, stopProgram } from './processes.ts';
import { seedLists } from './seed.ts';

const COUNT = 10_000;
const FOLDERS = Array.from({ length: 200 }, (_, at) => `folder-${at}`);
const PASSES = 10;
const LIMIT_MS = 100;

interface List {
  name: string;
  path: string;
  /** The things of an answer. */
  items(body: never): unknown[];
  /** How many there must be over all pages; without it some, and not all. */
  total?: number;
  as: 'admin' | 'viewer' | 'administrator';
}

const whole = (body: unknown[]): unknown[] => body;
const accounts = ({ serviceAccounts }: { serviceAccounts: unknown[] }): unknown[] => serviceAccounts;

// Pages as clients ask for them: the largest that is given, and Terraform's hundred.
const LISTS: List[] = [
  {
    name: 'service accounts, 1000 a page',
    path: '/api/serviceaccounts/search?perpage=1000',
    items: accounts,
    total: COUNT,
    as: 'admin',
  },
  {
    name: 'service accounts, 100 a page',
    path: '/api/serviceaccounts/search?perpage=100',
    items: accounts,
    total: COUNT,
    as: 'admin',
  },
  {
    name: 'service accounts that contain "99"',
    path: '/api/serviceaccounts/search?perpage=100&query=99',
    items: accounts,
    as: 'admin',
  },
  {
    name: 'dashboards, 1000 a page',
    path: '/api/search?type=dash-db&limit=1000',
    items: whole,
    total: COUNT,
    as: 'admin',
  },
  {
    name: 'dashboards, 100 a page',
    path: '/api/search?type=dash-db&limit=100',
    items: whole,
    total: COUNT,
    as: 'admin',
  },
  {
    name: 'dashboards that a Viewer sees, 1000 a page',
    path: '/api/search?type=dash-db&limit=1000',
    items: whole,
    as: 'viewer',
  },
  {
    name: 'dashboards with a tag, for a Viewer',
    path: '/api/search?type=dash-db&limit=100&tag=tag-7',
    items: whole,
    as: 'viewer',
  },
  {
    name: 'users of the server, 1000 a page',
    path: '/api/users?perpage=1000',
    items: whole,
    total: COUNT + 1,
    as: 'administrator',
  },
  {
    name: 'users of the server, 100 a page',
    path: '/api/users?perpage=100',
    items: whole,
    total: COUNT + 1,
    as: 'administrator',
  },
];

/** Lists of 10,000 things, page by page until an empty one, against a bare server that answers the bytes of the first page. */
export async function benchLists(directory: string): Promise<boolean> {
  console.log(
    `\nFilling a SQLite database with ${COUNT.toLocaleString('en')} service accounts, dashboards and users …`,
  );
  const tokens = await seedLists(directory, COUNT, FOLDERS);
  const credentials = {
    admin: `Bearer ${tokens.admin}`,
    viewer: `Bearer ${tokens.viewer}`,
    administrator: `Basic ${btoa('admin:admin')}`,
  };
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const ours = await startLatchkey(directory, port, `${url}/api/org`, { authorization: credentials.admin });
  try {
    await letViewersSeeHalf(url, credentials.admin);
    const rows: string[] = [];
    let slowest = 0;
    for (const list of LISTS) {
      const authorization = credentials[list.as];
      await walk(url, list, authorization);
      const times: number[] = [];
      for (let pass = 0; pass < PASSES; pass++) times.push(...(await walk(url, list, authorization)));
      const bare = await bareTimes(directory, `${url}${list.path}`, authorization, times.length);
      slowest = Math.max(slowest, percentile(times, 99));
      rows.push(rowOf(list.name, times, bare));
    }
    console.log(`
Lists of ${COUNT.toLocaleString('en')}, one request after the other, page by page until an empty page, ${PASSES} times

| | pages | p50 | p99 | bare p99 | p99 / bare |
| --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

slowest p99: ${slowest.toFixed(1)} ms (to stay under ${LIMIT_MS} ms)`);
    return true;
  } finally {
    await stopProgram(ours.process);
  }
}

/** Asks for every page of a list and checks that it is whole; the milliseconds of each page. */
async function walk(
  url: string,
  { path, items, total, name }: List,
  authorization: string,
): Promise<number[]> {
  const times: number[] = [];
  let found = 0;
  for (let page = 1; ; page++) {
    const { ms, body } = await timed(`${url}${path}&page=${page}`, authorization);
    times.push(ms);
    const count = items(body as never).length;
    if (count === 0) break;
    found += count;
  }
  const isRight = total === undefined ? found > 0 && found < COUNT : found === total;
  if (!isRight) throw new Error(`${name}: the pages have ${found} in all`);
  return times;
}

async function timed(url: string, authorization: string): Promise<{ ms: number; body: unknown }> {
  const begun = performance.now();
  const answer = await fetch(url, { headers: { authorization } });
  const text = await answer.text();
  const ms = performance.now() - begun;
  if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}: ${text}`);
  return { ms, body: JSON.parse(text) };
}

/** The same number of requests to a bare server that answers the first page. */
async function bareTimes(
  directory: string,
  firstPage: string,
  authorization: string,
  count: number,
): Promise<number[]> {
  const body = await (await fetch(firstPage, { headers: { authorization } })).text();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const bare = await startBare(directory, body, port, url);
  const times: number[] = [];
  for (let at = 0; at < count; at++) times.push((await timed(url, authorization)).ms);
  await stopProgram(bare.process);
  return times;
}

/** Every second folder loses what a new folder gives to Viewers. */
async function letViewersSeeHalf(url: string, authorization: string): Promise<void> {
  for (const uid of FOLDERS.filter((_, at) => at % 2 === 0)) {
    const answer = await fetch(`${url}/api/folders/${uid}/permissions`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ items: [{ role: 'Viewer', permission: 1 }] }),
    });
    if (answer.status !== 200) throw new Error(`${uid}: ${answer.status} ${await answer.text()}`);
  }
}

function rowOf(name: string, times: readonly number[], bare: readonly number[]): string {
  const [p50, p99, bareP99] = [percentile(times, 50), percentile(times, 99), percentile(bare, 99)];
  return `| ${name} | ${times.length} | ${p50.toFixed(1)} ms | ${p99.toFixed(1)} ms | ${bareP99.toFixed(1)} ms | ${(p99 / bareP99).toFixed(1)} |`;
}

function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? Number.NaN;
}
