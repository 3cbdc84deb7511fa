import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readRequest, type ReadRequest } from './request-text.ts';

const TOKEN = 'glsa_xbe5Zk5YozspvxZg8NXxEDSbhvJuSXNZ_e97abe11';
const BEARER = { authorization: `Bearer ${TOKEN}` };
const basic = (pair: string): object => ({ authorization: `Basic ${Buffer.from(pair).toString('base64')}` });

function read(text: string): ReadRequest {
  const found = readRequest(text);
  if ('failure' in found) throw new Error(found.failure);
  return found;
}

function failureOf(text: string): string {
  const found = readRequest(text);
  return 'failure' in found ? found.failure : `read as ${JSON.stringify(found)}`;
}

type Vector = [text: string, method: string, path: string, headers?: object];

test.each<Vector>([
  ['/api/folders', 'GET', '/api/folders'],
  ['GET /api/folders', 'GET', '/api/folders'],
  ['delete /api/folders/a?forceDeleteRules=true', 'delete', '/api/folders/a?forceDeleteRules=true'],
  ['GET api/folders', 'GET', '/api/folders'],
  ['http://localhost:3000/api/org?orgId=2#top', 'GET', '/api/org?orgId=2', { host: 'localhost:3000' }],
  [
    'https://admin:p%40ss@example.org/api/org',
    'GET',
    '/api/org',
    { host: 'example.org', ...basic('admin:p@ss') },
  ],
  ['POST {{base}}/api/folders', 'POST', '/api/folders'],
])('a method and a path are read: %s', (text, method, path, headers = {}) => {
  expect(read(text)).toMatchObject({ method, path, headers, remarks: [] });
});

test.each<Vector>([
  [
    `GET /api/org HTTP/1.1\r\nHost: example.org\r\nAuthorization: Bearer ${TOKEN}\r\nAccept: */*\r\n\r\n`,
    'GET',
    '/api/org',
    { host: 'example.org', ...BEARER },
  ],
  [
    `POST https://example.org/api/org HTTP/2\ncookie: a=1\nCookie: grafana_session=x\n\nauthorization: in the body`,
    'POST',
    '/api/org',
    { host: 'example.org', cookie: 'a=1; grafana_session=x' },
  ],
  [`GET /api/org\nAuthorization: Bearer\n  ${TOKEN}`, 'GET', '/api/org', BEARER],
  [
    `*   Trying 127.0.0.1:3000...\n> GET /api/org HTTP/1.1\n> Host: localhost:3000\n> Authorization: Bearer ${TOKEN}\n> \n< HTTP/1.1 401 Unauthorized\n{"message":"x"}`,
    'GET',
    '/api/org',
    { host: 'localhost:3000', ...BEARER },
  ],
  [
    'GET /api/org HTTP/1.1\nX-Grafana-Org-Id: 2\nOrigin: https://a.example\nSec-Fetch-Site: cross-site\nX-Other: 1',
    'GET',
    '/api/org',
    { 'x-grafana-org-id': '2', origin: 'https://a.example', 'sec-fetch-site': 'cross-site' },
  ],
])('a raw request is read: %j', (text, method, path, headers) => {
  const found = read(text);
  expect(found).toEqual({ method, path, headers, remarks: [] });
});

test.each<Vector>([
  [`curl http://localhost:3000/api/folders`, 'GET', '/api/folders'],
  [`$ curl -H "Authorization: Bearer ${TOKEN}" localhost:3000/api/folders`, 'GET', '/api/folders', BEARER],
  [
    `curl -sSfH'Authorization: Bearer ${TOKEN}' -XDELETE http://h/api/folders/a`,
    'DELETE',
    '/api/folders/a',
    BEARER,
  ],
  [
    `curl --request PATCH --header 'X-Grafana-Org-Id: 7' --url http://h/api/org`,
    'PATCH',
    '/api/org',
    { 'x-grafana-org-id': '7' },
  ],
  [
    `curl -X POST \\\n  -H 'Content-Type: application/json' \\\n  -d '{"name":"it''s"}' \\\n  http://h/api/orgs`,
    'POST',
    '/api/orgs',
  ],
  [`curl -d @body.json http://h/api/orgs`, 'POST', '/api/orgs'],
  [`curl --data-raw '{}' -X PUT http://h/api/org`, 'PUT', '/api/org'],
  [`curl --json '{"a":1}' http://h/api/orgs`, 'POST', '/api/orgs'],
  [`curl -F file=@x http://h/api/orgs`, 'POST', '/api/orgs'],
  [`curl -T file http://h/api/org`, 'PUT', '/api/org'],
  [`curl -I http://h/api/org`, 'HEAD', '/api/org'],
  [
    `curl -G -d query=a --data-urlencode 'name=b c' http://h/api/search?x=1`,
    'GET',
    '/api/search?x=1&query=a&name=b+c',
  ],
  [`curl --url-query orgId=2 http://h/api/org`, 'GET', '/api/org?orgId=2'],
  [`curl -u admin:admin http://h/api/org`, 'GET', '/api/org', basic('admin:admin')],
  [`curl -u 'api_key:${TOKEN}' http://h/api/org`, 'GET', '/api/org', basic(`api_key:${TOKEN}`)],
  [`curl http://ann:sch%C3%B6n@h/api/org`, 'GET', '/api/org', basic('ann:schön')],
  [`curl -u right:one http://wrong:other@h/api/org`, 'GET', '/api/org', basic('right:one')],
  [`curl ann:secret@h:3000/api/org`, 'GET', '/api/org', { host: 'h:3000', ...basic('ann:secret') }],
  [`curl --oauth2-bearer ${TOKEN} http://h/api/org`, 'GET', '/api/org', BEARER],
  [`curl -u a:b -H 'Authorization: Bearer ${TOKEN}' http://h/api/org`, 'GET', '/api/org', BEARER],
  [`curl -b grafana_session=abc http://h/api/org`, 'GET', '/api/org', { cookie: 'grafana_session=abc' }],
  [`curl --cookie 'a=1; b=2' -H 'Cookie: c=3' http://h/api/org`, 'GET', '/api/org', { cookie: 'c=3' }],
  [
    `curl $'http://h/api/org' -H $'Authorization: Bearer \\x67lsa'`,
    'GET',
    '/api/org',
    { authorization: 'Bearer glsa' },
  ],
  [`curl ^"http://h/api/org^" ^\r\n  -H ^"Authorization: Bearer ${TOKEN}^"`, 'GET', '/api/org', BEARER],
  [`curl http://h/api/org -o out.json -w '%{http_code}' | jq . > x && echo done`, 'GET', '/api/org'],
  [
    `# look\nexport TOKEN=${TOKEN}\ncurl -H "Authorization: Bearer $TOKEN" http://h/api/org`,
    'GET',
    '/api/org',
    BEARER,
  ],
  [
    `HOST=http://h; TOKEN='${TOKEN}'; curl "$HOST/api/org" -H "Authorization: Bearer \${TOKEN}"`,
    'GET',
    '/api/org',
    BEARER,
  ],
  [`sudo docker exec g /usr/bin/curl -s http://h/api/org 2>/dev/null`, 'GET', '/api/org'],
  [`curl "$GRAFANA_URL/api/org" -H "Authorization: Bearer ${TOKEN}"`, 'GET', '/api/org', BEARER],
  [`curl -H 'Authorization:' -H 'Accept;' http://h/api/org`, 'GET', '/api/org'],
  [`curl -H 'Authorization;' -u a:b http://h/api/org`, 'GET', '/api/org', { authorization: '' }],
  [`curl http://h/api/org --next http://h/api/orgs -X POST`, 'GET', '/api/org'],
  [`curl "http://h/api/org?a=1&b=2"`, 'GET', '/api/org?a=1&b=2'],
  [`curl http://h`, 'GET', '/'],
  [`curl 'http://h?orgId=2'`, 'GET', '/?orgId=2'],
])('a curl command is read as curl reads it: %s', (text, method, path, headers = {}) => {
  const found = read(text);
  expect(found).toMatchObject({ method, path, remarks: [] });
  const { host: _, ...others } = found.headers;
  const { host: __, ...wanted } = headers as { host?: string };
  expect(others).toEqual(wanted);
});

test.each([
  [`curl -H "Authorization: Bearer $TOKEN" http://h/api/org`, /value of \$TOKEN is not in the text/],
  [`curl -H 'Authorization: Bearer $TOKEN' http://h/api/org`, /\$TOKEN stands between single quotes/],
  [`GET /api/org\nAuthorization: Bearer \${TOKEN}`, /value of \$TOKEN is not in the text/],
  ['curl -H "Authorization: Bearer $(cat token)" http://h/api/org', /What a command would have put in/],
  ['curl -H "Authorization: Bearer `cat token`" http://h/api/org', /What a command would have put in/],
  [`curl -u "admin:$PASSWORD" http://h/api/org`, /value of \$PASSWORD is not in the text/],
  [`curl -u admin http://h/api/org`, /asks for the password/],
  [`curl -n http://h/api/org`, /\.netrc/],
  [`curl --digest -u a:b http://h/api/org`, /Digest/],
  [`curl -b cookies.txt http://h/api/org`, /cookies are in a file/],
  [`curl -H @headers http://h/api/org`, /Headers are in a file/],
  [`curl http://h/api/org http://h/api/orgs`, /Only the first address/],
  [`curl "http://h/api/folders/$FOLDER"`, /variable stands in the path/],
])('what the text does not hold is said: %s', (text, remark) => {
  expect(read(text).remarks).toEqual([expect.stringMatching(remark)]);
});

test('a dollar sign in a password between single quotes is no variable', () => {
  const { headers, remarks } = read(`curl -u 'ann:pa$word' http://h/api/org`);
  expect({ headers, remarks }).toMatchObject({ headers: basic('ann:pa$word'), remarks: [] });
});

test('what looks like a secret is shown in no remark', () => {
  expect(read(`curl -H "Authorization: Bearer $${TOKEN}" http://h/api/org`).remarks.join()).not.toContain(
    'glsa',
  );
});

test.each([
  ['', /There is no text/],
  ['   \n', /There is no text/],
  ['hello there', /There is no request/],
  ['HTTP/1.1 401 Unauthorized', /This is an answer/],
  ['wget http://h/api/org', /wget cannot be read/],
  ['http GET :3000/api/org', /HTTPie cannot be read/],
  ['fetch("http://h/api/org")', /a script cannot be read/],
  ['Invoke-RestMethod http://h/api/org', /PowerShell cannot be read/],
  ['curl -s -H "X: y"', /names no address/],
  ['curl -H \u201cAuthorization: Bearer x\u201d http://h/api/org', /typographic quotation marks/],
  ['curl ftp://h/file', /something else than http/],
])('what is no request is refused in words that say what to paste: %j', (text, failure) => {
  expect(failureOf(text)).toMatch(failure);
});

test('what is too long is not read at all', () => {
  expect(failureOf(`GET /api/org\n${'x'.repeat(70_000)}`)).toMatch(/longer than 65536/);
});

/** A word as bash takes it, in one of its ways of writing one. */
function quotedIn(way: number, text: string): string {
  if (way === 0) return `'${text.replaceAll("'", String.raw`'\''`)}'`;
  if (way === 1) return `"${text.replaceAll(/["\\$`]/g, String.raw`\$&`)}"`;
  if (way === 2) return `$'${text.replaceAll(/['\\]/g, String.raw`\$&`)}'`;
  return text.replaceAll(/[^\w/:.-]/g, String.raw`\$&`);
}

const visible = fc.string({
  unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
  minLength: 1,
});
// curl takes a header without a value out, and blanks around a value are none of it.
const value = visible.map((text) => text.trim()).filter((text) => text !== '' && !/[$`]/.test(text));

test('whatever is quoted for a shell, in whatever order, comes out as it was', () => {
  const ways = fc.array(fc.nat(3), { minLength: 4, maxLength: 4 });
  const pieces = fc.record({
    path: fc.webPath(),
    secret: value,
    cookie: value,
    ways,
    order: fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }),
  });
  fc.assert(
    fc.property(pieces, ({ path, secret, cookie, ways: [a = 0, b = 0, c = 0, d = 0], order }) => {
      const address = `http://h:3000${path}`;
      const parts = [
        quotedIn(a, address),
        `-H ${quotedIn(b, `Authorization: Bearer ${secret}`)}`,
        `--cookie ${quotedIn(c, `s=${cookie}`)}`,
        `-X ${quotedIn(d, 'PATCH')}`,
      ];
      const found = read(`curl ${order.map((at) => parts[at]).join(' \\\n ')}`);
      expect(found).toMatchObject({
        method: 'PATCH',
        path: path === '' ? '/' : path,
        headers: { host: 'h:3000', authorization: `Bearer ${secret}`, cookie: `s=${cookie}` },
      });
    }),
  );
});

test('no text breaks it, and no failure shows what was pasted', () => {
  const noise = fc.constantFrom(
    'curl ',
    '-H ',
    '-u ',
    '"',
    "'",
    '\\',
    '\n',
    '$',
    '${',
    '$(',
    '`',
    ' ',
    'GET ',
    '/api',
    '^',
    '^"',
    '=',
    ':',
    ';',
    '|',
    '>',
    'http://',
    '@',
    '-',
    '--next',
    "$'",
    'export A=',
  );
  const text = fc
    .array(fc.oneof(noise, fc.string({ maxLength: 6 })), { maxLength: 40 })
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, fc.stringMatching(/^[A-Za-z0-9]{20}$/), (junk, secret) => {
      const found = readRequest(`${junk}${secret}`);
      const said = 'failure' in found ? [found.failure] : found.remarks;
      expect(said.join()).not.toContain(secret);
      expect('failure' in found ? '/' : found.path).toMatch(/^\//);
    }),
    { numRuns: 2000 },
  );
});

test.each([
  '$A',
  '${',
  '$(',
  '"',
  "'",
  '\\',
  '`',
  ' ',
  '\n',
  '-',
  '^"',
  "$'",
  'A=',
  'a@',
  '/',
  '% ',
  '> ',
  '; ',
  '-H x ',
  'curl ',
  'A=$A$A;',
])('the longest text of nothing but %j is read through once', (piece) => {
  const long = piece.repeat(Math.floor(60_000 / piece.length));
  for (const text of [
    long,
    `curl ${long}`,
    `curl "${long}`,
    `GET /${long}`,
    `A=xxxxxxxx; ${long}; curl "$A" http://h/`,
  ]) {
    expect(readRequest(text)).toBeDefined();
  }
});
