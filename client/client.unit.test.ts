import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { type Client, createClient, type Credential } from './client.ts';
import { ApiFailure, Unreachable } from './failures.ts';
import { readAll } from './pages.ts';

interface Request {
  line: string;
  headers: Record<string, unknown>;
  body: string;
}

async function serve(listener: RequestListener): Promise<{ url: string; requests: Request[] }> {
  const requests: Request[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      requests.push({ line: `${request.method} ${request.url}`, headers: request.headers, body });
      listener(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

function answering(status: number, body: string, headers: Record<string, string> = {}): RequestListener {
  return (_request, response) => response.writeHead(status, headers).end(body);
}

async function failureOf(client: Client): Promise<unknown> {
  return client.request('GET', '/api/x').then(
    () => expect.unreachable('it was answered'),
    (error: unknown) => error,
  );
}

test('a request carries the credential, the organization and the body', async () => {
  const { url, requests } = await serve(answering(200, '{"id":7}'));
  const client = createClient({ url: `${url}/under/`, credential: { token: 'abc' }, orgId: 2 });
  expect(await client.request('POST', '/api/x?y=1', { name: 'ü' })).toEqual({ id: 7 });
  expect(requests).toMatchObject([
    {
      line: 'POST /under/api/x?y=1',
      headers: { authorization: 'Bearer abc', 'x-grafana-org-id': '2', 'content-type': 'application/json' },
      body: '{"name":"ü"}',
    },
  ]);
});

test('a password goes out as its UTF-8 bytes', async () => {
  const { url, requests } = await serve(answering(200, '[]'));
  const credential: Credential = { user: 'jürgen', password: 'a:ß日' };
  await createClient({ url, credential }).request('GET', '/');
  const [scheme, encoded = ''] = String(requests[0]?.headers['authorization']).split(' ');
  expect(scheme).toBe('Basic');
  expect(Buffer.from(encoded, 'base64').toString()).toBe('jürgen:a:ß日');
});

test("a refusal is told in the server's words", async () => {
  const body = JSON.stringify({
    message: 'Permission denied: x',
    detail: 'Ask for it.',
    messageId: 'denied',
  });
  const { url } = await serve(answering(403, body));
  const failure = await failureOf(createClient({ url }));
  expect(failure).toBeInstanceOf(ApiFailure);
  expect(failure).toMatchObject({
    status: 403,
    message: 'Permission denied: x',
    detail: 'Ask for it.',
    messageId: 'denied',
    isOfTheApi: true,
  });
});

test('a redirect is not followed, so that the credential goes nowhere else', async () => {
  const other = await serve(answering(200, '{}'));
  const { url } = await serve(answering(302, '', { location: `${other.url}/login` }));
  const failure = await failureOf(createClient({ url, credential: { token: 'abc' } }));
  expect(failure).toMatchObject({ status: 302, message: `sent elsewhere, to ${other.url}/login` });
  expect(other.requests).toEqual([]);
});

test.each([
  [200, '<html>', 'an answer that is not JSON', 'Is http'],
  [404, '<html>', 'Not Found', 'Is http'],
  [502, 'oh no', 'Bad Gateway', 'proxy'],
])('what is no answer of this API is said to be none: %i %s', async (status, body, message, detail) => {
  const { url } = await serve(answering(status, body));
  const failure = await failureOf(createClient({ url }));
  expect(failure).toMatchObject({
    status,
    message,
    detail: expect.stringContaining(detail),
    isOfTheApi: false,
  });
});

test('too many requests: how long to wait', async () => {
  const { url } = await serve(answering(429, '{"message":"slow down"}', { 'retry-after': '7' }));
  expect(await failureOf(createClient({ url }))).toMatchObject({
    detail: expect.stringContaining('7 seconds'),
  });
});

test('a server that does not answer in time, one that is not there, and one that speaks something else', async () => {
  const { url } = await serve(() => undefined);
  const late = await failureOf(createClient({ url, timeoutMs: 50 }));
  expect(late).toBeInstanceOf(Unreachable);
  expect(late).toMatchObject({ detail: expect.stringContaining('0.05 seconds') });
  const absent = await failureOf(createClient({ url: 'http://127.0.0.1:2' }));
  expect(absent).toMatchObject({
    name: 'Unreachable',
    detail: expect.stringContaining('Nothing listens there'),
  });
  const other = createTcpServer((socket) => socket.end('220 mail.example.org ESMTP\r\n'));
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void other.close());
  const smtp = createClient({ url: `http://127.0.0.1:${(other.address() as AddressInfo).port}` });
  expect(await failureOf(smtp)).toMatchObject({ detail: 'What listens there does not speak HTTP.' });
});

test('a list is read until an empty page', async () => {
  const pages = [[{ id: 1 }, { id: 2 }], [{ id: 3 }], []];
  const { url, requests } = await serve((request, response) => {
    const page = Number(new URL(request.url ?? '', 'http://x').searchParams.get('page'));
    response.end(JSON.stringify(pages[page]));
  });
  const list = { path: '/list?a=b', first: 0, itemsOf: (page: { id: number }[]) => page, keyOf } as const;
  expect(await readAll(createClient({ url }), list)).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
  expect(requests.map(({ line }) => line)).toEqual([
    'GET /list?a=b&page=0&perpage=500',
    'GET /list?a=b&page=1&perpage=500',
    'GET /list?a=b&page=2&perpage=500',
  ]);
});

test('a list that knows no pages is not read for ever', async () => {
  const { url, requests } = await serve(answering(200, '[{"id":1}]'));
  const list = { path: '/list', itemsOf: (page: { id: number }[]) => page, keyOf };
  expect(await readAll(createClient({ url }), list)).toEqual([{ id: 1 }]);
  expect(requests).toHaveLength(2);
});

function keyOf({ id }: { id: number }): number {
  return id;
}
