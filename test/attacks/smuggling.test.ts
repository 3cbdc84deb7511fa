import { afterAll, beforeAll, expect } from 'vitest';
import fc from 'fast-check';
import { makeMember, makeOrg } from '../../server/testing/people.ts';
import { ADMIN, startWorld, type World } from '../../server/testing/world.ts';
import { attack, IN_FULL } from './attack.ts';
import { basic, exchange } from './raw.ts';

// A proxy in front and the server must never disagree on where a request ends: what is one's body would be another's request.

const AS_ADMIN = basic('admin', 'admin');
const SMUGGLED = `POST /api/teams HTTP/1.1\r\nHost: x\r\n${AS_ADMIN}\r\nContent-Length: 19\r\n\r\n{"name":"smuggled"}`;
const PARSER = "Node's strict HTTP parser";

let world: World;
let viewer: string;
beforeAll(async () => {
  world = await startWorld({ log: { level: 'debug' } });
  await makeMember(world, await makeOrg(world, 'elsewhere'), 'viewer', 'Viewer');
  viewer = basic('viewer', 'password of viewer');
});
afterAll(() => world.stop());

const post = (headers: string, body: string): string =>
  `POST /api/teams HTTP/1.1\r\nHost: x\r\n${AS_ADMIN}\r\n${headers}\r\n\r\n${body}`;
const hex = (text: string): string => text.length.toString(16);
const chunked = `${hex(SMUGGLED)}\r\n${SMUGGLED}\r\n0\r\n\r\n`;

async function expectNothingSmuggled(): Promise<void> {
  const { body } = await world.send(ADMIN, 'GET', '/api/teams/search?query=smuggled');
  expect(body.teams).toEqual([]);
}

/** One answer at most, a 400, after which the connection is of no more use. */
async function expectRefused(tried: () => void, cases: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, bytes] of Object.entries(cases)) {
    tried();
    const { statuses, closed, text } = await exchange(world, bytes);
    expect({ name, statuses, closed }, text).toEqual({ name, statuses: [400], closed: true });
    await expectNothingSmuggled();
  }
}

attack('two lengths for one body', PARSER, async (tried) => {
  const length = `Content-Length: ${SMUGGLED.length}`;
  await expectRefused(tried, {
    'Content-Length, then chunks': post(`${length}\r\nTransfer-Encoding: chunked`, `0\r\n\r\n${SMUGGLED}`),
    'chunks, then Content-Length': post('Transfer-Encoding: chunked\r\nContent-Length: 4', chunked),
    'twice, different': post(`Content-Length: 0\r\n${length}`, SMUGGLED),
    'twice, the same': post(`${length}\r\n${length}`, SMUGGLED),
    'a list': post(`Content-Length: ${SMUGGLED.length}, 0`, SMUGGLED),
  });
});

attack('lengths that are read in two ways', PARSER, async (tried) => {
  const of = (value: string): string => post(`Content-Length: ${value}`, SMUGGLED);
  const values = [
    '+5',
    '-1',
    '0x10',
    '1e1',
    '5 5',
    '',
    '5;',
    '١',
    '18446744073709551617',
    '99999999999999999999999',
  ];
  await expectRefused(tried, Object.fromEntries(values.map((value) => [value, of(value)])));
});

attack('transfer codings that only one of two understands', PARSER, async (tried) => {
  const of = (line: string): string => post(line, `0\r\n\r\n${SMUGGLED}`);
  const lines = [
    'Transfer-Encoding: xchunked',
    'Transfer-Encoding: identity',
    'Transfer-Encoding: chunked, identity',
    'Transfer-Encoding: chunked\r\nTransfer-Encoding: x',
    'Transfer-Encoding: "chunked"',
    'Transfer-Encoding:\x0bchunked',
    'Transfer-Encoding: chunked\x00',
    'Transfer-Encoding : chunked',
    'X: y\r\n Transfer-Encoding: chunked',
    'X: y\r\n\tTransfer-Encoding: chunked',
    'Transfer-Encoding:\r\n chunked',
    'X: y\nTransfer-Encoding: chunked',
    'X: y\rTransfer-Encoding: chunked',
    'Transfer\x00-Encoding: chunked',
  ];
  const length = 'Content-Length: 5\r\n';
  await expectRefused(tried, {
    ...Object.fromEntries(lines.map((line) => [line, of(line)])),
    ...Object.fromEntries(lines.map((line) => [`${length}${line}`, of(length + line)])),
  });
});

attack('chunks of a wrong size or without their ends', PARSER, async (tried) => {
  const of = (body: string): string => post('Transfer-Encoding: chunked', body);
  await expectRefused(tried, {
    negative: of(`-1\r\n${SMUGGLED}\r\n0\r\n\r\n`),
    'with 0x': of(`0x5\r\nhello\r\n0\r\n\r\n`),
    'too large for a number': of(`fffffffffffffffff\r\n${SMUGGLED}`),
    'wrapped round': of(`10000000000000000\r\n${SMUGGLED}`),
    'no size': of(`\r\n${SMUGGLED}`),
    'no line end after the data': of(`2\r\n{}0\r\n\r\n`),
    'more data than said': of(`2\r\n{"name":"x"}\r\n0\r\n\r\n`),
    'line ends of LF alone': of(`2\n{}\n0\n\n${SMUGGLED}`),
    'an extension with a LF': of(`2;a\nb\r\n{}\r\n0\r\n\r\n`),
  });
});

attack('line ends and names that only one of two accepts', PARSER, async (tried) => {
  const length = `Content-Length: ${SMUGGLED.length}`;
  const get = (lines: string): string =>
    `GET /api/health HTTP/1.1\r\n${lines}\r\n${length}\r\n\r\n${SMUGGLED}`;
  await expectRefused(tried, {
    'a blank before the colon': get('Host : x'),
    'a NUL in a value': get('Host: x\r\nX: a\x00b'),
    'a CR in a value': get('Host: x\r\nX: a\rb'),
    'no name': get('Host: x\r\n: y'),
    'a name with blanks': get('Host: x\r\nX Y: z'),
    'no colon': get('Host: x\r\nnothing'),
    'a folded line first': `GET /api/health HTTP/1.1\r\n Host: x\r\n${length}\r\n\r\n${SMUGGLED}`,
    'another version': `GET /api/health HTTP/1.9\r\nHost: x\r\n${length}\r\n\r\n${SMUGGLED}`,
    'no version': `GET /api/health\r\n\r\n${SMUGGLED}`,
    'another protocol': `GET /api/health RTSP/1.0\r\nHost: x\r\n\r\n${SMUGGLED}`,
    'a method that is none': `GETX /api/health HTTP/1.1\r\nHost: x\r\n\r\n${SMUGGLED}`,
    'no host': `GET /api/health HTTP/1.1\r\n${length}\r\n\r\n${SMUGGLED}`,
    'HTTP/2 without saying so': `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${SMUGGLED}`,
  });
});

attack("a body, of whatever route and method, that holds another's request", PARSER, async (tried) => {
  const bodies = [
    'POST /api/teams',
    'GET /api/health',
    'GET /api/nothing',
    'DELETE /api/org',
    'HEAD /',
    'PUT /login',
  ];
  const answers = await Promise.all(
    bodies.flatMap((line) =>
      [viewer, AS_ADMIN, 'X: y'].map(async (who) => {
        tried();
        const head = `${line} HTTP/1.1\r\nHost: x\r\n${who}\r\nContent-Length: ${SMUGGLED.length}\r\n\r\n`;
        return { line, who, ...(await exchange(world, head + SMUGGLED)) };
      }),
    ),
  );
  for (const { line, who, statuses } of answers) expect(statuses, `${line} ${who}`).toHaveLength(1);
  await expectNothingSmuggled();
});

attack(
  'trailers that say who asks, or how long a body is',
  "Node's parser keeps trailers apart",
  async (tried) => {
    for (const trailer of [
      AS_ADMIN,
      'Content-Length: 3',
      'X-Grafana-Org-Id: 1',
      'Cookie: grafana_session=x',
    ]) {
      tried();
      const { statuses } = await exchange(
        world,
        `POST /api/teams HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTrailer: ${trailer.split(':')[0]}\r\n\r\n` +
          `13\r\n{"name":"smuggled"}\r\n0\r\n${trailer}\r\n\r\n`,
      );
      // What is wrong with the trailer is noticed later than its request is answered.
      expect([statuses[0], ...statuses.slice(1).filter((status) => status !== 400)], trailer).toEqual([401]);
    }
    await expectNothingSmuggled();
  },
);

attack(
  'requests of several people on one connection, one sent behind the other',
  'who asks is found out for each request, and for nothing else',
  async (tried) => {
    const ask = (who: string): string => `GET /api/user HTTP/1.1\r\nHost: x\r\n${who}\r\n\r\n`;
    const order = [viewer, AS_ADMIN, 'X: nobody', viewer, 'X: nobody', AS_ADMIN];
    const found = ['viewer', 'admin', 'nobody', 'viewer', 'nobody', 'admin'];
    for (let run = 0; run < (IN_FULL ? 50 : 5); run++) {
      tried();
      const { text } = await exchange(world, order.map(ask).join(''));
      const logins = [...text.matchAll(/"login":"(\w+)"|HTTP\/1\.1 401/g)].map(
        ([, login = 'nobody']) => login,
      );
      expect(logins).toEqual(found);
    }
  },
);

attack('made-up header lines beside a length', PARSER, async (tried) => {
  const odd = fc.constantFrom(
    '\r',
    '\n',
    '\t',
    ' ',
    '\x00',
    '\x0b',
    '\x0c',
    '\x7f',
    '\xa0',
    '\xff',
    ':',
    ',',
    ';',
    '"',
  );
  const word = fc.constantFrom(
    'Transfer-Encoding',
    'transfer-encoding',
    'Content-Length',
    'chunked',
    '0',
    'identity',
  );
  const line = fc.array(fc.oneof(odd, word, fc.constant(': ')), { minLength: 1, maxLength: 8 });
  const body = `0\r\n\r\n${SMUGGLED}`;
  await fc.assert(
    fc.asyncProperty(fc.array(line, { minLength: 8, maxLength: 8 }), async (lines) => {
      const answers = await Promise.all(
        lines.map((parts) => {
          tried();
          // A line that ends the head early is a body of its own right, and the rest another request.
          const text = parts.join('').replaceAll(/\r\n(?=\r?\n)/g, '');
          return exchange(world, post(`Content-Length: ${body.length}\r\nX${text}X: y`, body));
        }),
      );
      for (const [at, { statuses }] of answers.entries()) {
        expect(statuses.length, JSON.stringify(lines[at])).toBeLessThanOrEqual(1);
        expect(statuses[0] ?? 400, JSON.stringify(lines[at])).toBe(400);
      }
    }),
    { numRuns: IN_FULL ? 250 : 5 },
  );
  await expectNothingSmuggled();
});
