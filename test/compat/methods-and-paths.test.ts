import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN, startWorld, type World } from '../../server/testing/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const readable = (): string[] =>
  world.routes
    .filter(({ method, url }) => method === 'GET' && !url.includes(':'))
    .map(({ url }) => (url.endsWith('/lookup') ? `${url}?loginOrEmail=admin` : url));

const guarded = (): string[] =>
  world.routes
    .filter(({ method, access }) => method === 'GET' && access.kind !== 'open')
    .map(({ url }) => url.replaceAll(/:\w+/g, '1'));

test('HEAD answers as GET does, without a body', async () => {
  expect(readable().length).toBeGreaterThan(20);
  for (const path of readable()) {
    const get = await world.send(ADMIN, 'GET', path);
    const head = await world.send(ADMIN, 'HEAD', path);
    expect([head.status, head.body], path).toEqual([get.status, '']);
    expect(head.headers.get('content-type'), path).toBe(get.headers.get('content-type'));
  }
});

test('HEAD asks for the same permission as GET', async () => {
  for (const path of guarded()) {
    const { status } = await world.send(undefined, 'HEAD', path);
    expect(status, path).toBe(401);
  }
});

test('OPTIONS gives no other site the right to read', async () => {
  for (const path of ['/api/org', '/api/serviceaccounts/search', '/api/nothing', '/login']) {
    const { status, headers, body } = await world.send(ADMIN, 'OPTIONS', path, undefined, {
      origin: 'https://elsewhere.example',
      'access-control-request-method': 'POST',
    });
    expect([status, body.message], path).toEqual([404, 'Not found']);
    expect(headers.get('access-control-allow-origin'), path).toBeNull();
  }
});

test('a method that a path does not know is answered as a path that is not there', async () => {
  for (const path of ['/api/org/users', '/api/health', '/api/serviceaccounts/search']) {
    const { status, body } = await world.send(ADMIN, 'PUT', path, {});
    expect([status, body.message], path).toEqual([404, 'Not found']);
  }
});

test('a slash at the end changes nothing', async () => {
  for (const path of readable()) {
    const [bare = '', query] = path.split('?');
    const slashed = `${bare}/${query === undefined ? '' : `?${query}`}`;
    const plain = await world.send(ADMIN, 'GET', path);
    const answer = await world.send(ADMIN, 'GET', slashed);
    expect(answer.status, slashed).toBe(plain.status);
  }
});

test.each([
  ['a slash at the end', (path: string) => `${path}/`],
  ['a doubled slash', (path: string) => path.replace('/api/', '/api//')],
  ['a doubled slash at the start', (path: string) => `/${path}`],
  ['a coded slash', (path: string) => path.replace('/api/', '/api%2F')],
  ['capitals', (path: string) => path.replace('/api/', '/API/')],
  ['a coded letter', (path: string) => path.replace('/api/', '/%61pi/')],
  ['a dot', (path: string) => path.replace('/api/', '/api/%2e/')],
  ['a semicolon', (path: string) => `${path};x=1`],
])('%s in the path is no way round the permission', async (_, spell) => {
  for (const path of guarded()) {
    const nobody = await world.send(undefined, 'GET', spell(path));
    expect([401, 404], `${spell(path)} ${JSON.stringify(nobody.body)}`).toContain(nobody.status);
  }
});

test.each(['/api/orgs/%F0%9F', `/api/folders/${'x'.repeat(15_000)}`, `/api/org?x=${'x'.repeat(20_000)}`])(
  'a path that cannot be read is refused in the form of every error (%.40s)',
  async (path) => {
    const { status, headers, body } = await world.send(ADMIN, 'GET', path);
    expect([400, 404, 431]).toContain(status);
    expect(headers.get('content-type')).toContain('application/json');
    expect(body).toMatchObject({ message: expect.any(String), statusCode: status });
  },
);

test('a path that is not there needs a credential too, so that nobody can map the server', async () => {
  const nobody = await world.send(undefined, 'GET', '/api/nothing');
  const admin = await world.send(ADMIN, 'GET', '/api/nothing');
  expect([nobody.status, admin.status]).toEqual([401, 404]);
});
