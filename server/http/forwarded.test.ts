import { expect, onTestFinished, test } from 'vitest';
import { exchange } from '../../test/attacks/raw.ts';
import { startWorld, type World } from '../testing/world.ts';

const HERE = '127.0.0.1/32';

async function behind(trusted_proxies: string, more: Record<string, unknown> = {}): Promise<World> {
  const world = await startWorld({
    server: { trusted_proxies, ...more },
    log: { level: 'debug' },
    'log.console': { format: 'json' },
  });
  onTestFinished(() => world.stop());
  return world;
}

/** The address that the server takes a request for, as its log says of the refused key. */
async function addressOf(world: World, ...headers: string[]): Promise<string> {
  const before = world.log.length;
  const lines = ['GET /api/org HTTP/1.1', 'Host: x', 'Authorization: Bearer no-key', 'Connection: close'];
  const { statuses } = await exchange(world, [...lines, ...headers, '', ''].join('\r\n'));
  expect(statuses).toEqual([401]);
  const refused = world.log.slice(before).find((line) => line.includes('credential refused'));
  return (JSON.parse(refused ?? '{}') as { address: string }).address;
}

test.each([
  ['one address', ['X-Forwarded-For: 203.0.113.7'], '203.0.113.7'],
  ['an IPv6 address', ['X-Forwarded-For: 2001:db8::7'], '2001:db8::7'],
  ['an IPv4 address written as an IPv6 one', ['X-Forwarded-For: ::ffff:203.0.113.7'], '203.0.113.7'],
  ['an IPv6 address in another spelling', ['X-Forwarded-For: 2001:0DB8:0:0000::0007'], '2001:db8::7'],
  ['a mapped one too', ['X-Forwarded-For: 0:0:0:0:0:FFFF:203.0.113.7'], '203.0.113.7'],
  ['a port', ['X-Forwarded-For: 203.0.113.7:4711'], '203.0.113.7'],
  ['brackets and a port', ['X-Forwarded-For: [2001:db8::7]:4711'], '2001:db8::7'],
  ['spaces', ['X-Forwarded-For:  \t203.0.113.7 '], '203.0.113.7'],
  ['what the client wrote itself', ['X-Forwarded-For: 192.0.2.1, 203.0.113.7'], '203.0.113.7'],
  ['the same in two headers', ['X-Forwarded-For: 192.0.2.1', 'X-Forwarded-For: 203.0.113.7'], '203.0.113.7'],
  ['a trusted proxy in front', ['X-Forwarded-For: 203.0.113.7, 10.1.2.3'], '203.0.113.7'],
  ['nonsense before a trusted proxy', ['X-Forwarded-For: 192.0.2.1, nonsense, 10.1.2.3'], '10.1.2.3'],
  ['nonsense alone', ["X-Forwarded-For: ' OR 1=1 --"], '127.0.0.1'],
  ['nothing', ['X-Forwarded-For: '], '127.0.0.1'],
  ['commas alone', ['X-Forwarded-For: ,,,'], '127.0.0.1'],
  ['a number', ['X-Forwarded-For: 3405803783'], '127.0.0.1'],
  ['an interface', ['X-Forwarded-For: fe80::1%eth0'], '127.0.0.1'],
  ['no such header', [], '127.0.0.1'],
  ['other headers', ['X-Real-IP: 203.0.113.7', 'Forwarded: for=203.0.113.7'], '127.0.0.1'],
])('of a trusted proxy is believed what it vouches for: %s', async (_what, headers, address) => {
  const world = await behind(`${HERE} 10.0.0.0/8`);
  expect(await addressOf(world, ...headers)).toBe(address);
});

test('of anybody else nothing is believed', async () => {
  for (const elsewhere of ['', '192.0.2.0/24', '127.0.0.2', '::1', '128.0.0.0/1']) {
    expect(await addressOf(await behind(elsewhere), 'X-Forwarded-For: 203.0.113.7'), elsewhere).toBe(
      '127.0.0.1',
    );
  }
});

test('however long a chain of trusted proxies is, only so much of it is read', async () => {
  const world = await behind(`${HERE} 10.0.0.0/8`);
  const chain = ['203.0.113.7', ...Array.from({ length: 900 }, () => '10.0.0.1')];
  expect(await addressOf(world, `X-Forwarded-For: ${chain.join(', ')}`)).toBe('10.0.0.1');
});

test('every address of a range is trusted and none beside it, in both of its forms', async () => {
  for (const range of ['127.0.0.0/8', '::ffff:127.0.0.1', '::ffff:127.0.0.0/104', '0.0.0.0/0']) {
    expect(await addressOf(await behind(range), 'X-Forwarded-For: 203.0.113.7'), range).toBe('203.0.113.7');
  }
});

async function cookieOf(world: World, ...headers: string[]): Promise<string> {
  const body = JSON.stringify({ user: 'admin', password: 'admin' });
  const lines = ['POST /login HTTP/1.1', 'Host: x', 'Connection: close', 'Content-Type: application/json'];
  const request = [...lines, `Content-Length: ${body.length}`, ...headers, '', body].join('\r\n');
  return (await exchange(world, request)).text;
}

test('a proxy that speaks TLS makes the cookie secure and the browser come by TLS; anybody else does not', async () => {
  const proxied = await behind(HERE);
  const secure = await cookieOf(proxied, 'X-Forwarded-Proto: https');
  expect(secure).toMatch(/set-cookie: .*; Secure/i);
  expect(secure).toMatch(/strict-transport-security: max-age=86400/i);
  for (const said of [
    'X-Forwarded-Proto: http',
    'X-Forwarded-Proto: nonsense',
    'X-Forwarded-Proto: https, http',
  ]) {
    const plain = await cookieOf(proxied, said);
    expect(plain, said).toMatch(/set-cookie: /i);
    expect(plain, said).not.toMatch(/; Secure|strict-transport-security/i);
  }
  const direct = await cookieOf(await behind('192.0.2.1'), 'X-Forwarded-Proto: https');
  expect(direct).toMatch(/set-cookie: /i);
  expect(direct).not.toMatch(/; Secure|strict-transport-security/i);
});

test('the host that a trusted proxy was asked for is the one that is asked for; what anybody else says is not', async () => {
  const domain = { enforce_domain: true, domain: 'keys.example.org', root_url: 'https://keys.example.org/' };
  const ask = async (world: World, said: string): Promise<number[]> => {
    const lines = ['GET /api/org HTTP/1.1', 'Host: 10.0.0.5:3000', said, 'Connection: close', '', ''];
    return (await exchange(world, lines.join('\r\n'))).statuses;
  };
  const proxied = await behind(HERE, domain);
  expect(await ask(proxied, 'X-Forwarded-Host: keys.example.org')).toEqual([401]);
  expect(await ask(proxied, 'X-Forwarded-Host: evil.example')).toEqual([421]);
  expect(await ask(proxied, 'X-Forwarded-Host: keys.example.org/@evil.example')).toEqual([421]);
  expect(await ask(await behind('', domain), 'X-Forwarded-Host: keys.example.org')).toEqual([421]);
});

test('once an address was limited that may be an unknown proxy, the log says so, once, and of no proxy that is known', async () => {
  const told = async (trusted: string, ...headers: string[]): Promise<string[]> => {
    const world = await behind(trusted);
    if (world.context.limits.attempts) world.context.limits.attempts.pause = async () => {};
    const basic = `Authorization: Basic ${Buffer.from('admin:a guess').toString('base64')}`;
    const lines = ['GET /api/org HTTP/1.1', 'Host: x', basic, 'Connection: close', ...headers, '', ''];
    const statuses: number[] = [];
    for (let time = 0; time < 7; time++) {
      statuses.push(...(await exchange(world, lines.join('\r\n'))).statuses);
    }
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429]);
    return world.log.filter((line) => line.includes('trusted_proxies'));
  };
  for (const trusted of ['', '192.0.2.0/24']) {
    expect(await told(trusted, 'X-Forwarded-For: 203.0.113.7'), trusted).toMatchObject([
      expect.stringContaining('"address":"127.0.0.1"'),
    ]);
  }
  expect(await told(HERE, 'X-Forwarded-For: 203.0.113.7')).toEqual([]);
  expect(await told('')).toEqual([]);
});
