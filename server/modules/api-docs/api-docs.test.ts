import { readFileSync } from 'node:fs';
import { validate } from '@readme/openapi-parser';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { statusesOf } from '../../http/statuses.ts';
import { writtenDescription } from '../../testing/description.ts';
import { type CloudWorld, startCloudWorld } from '../../testing/cloud.ts';

interface Operation {
  operationId: string;
  summary: string;
  tags: string[];
  security?: unknown[];
  parameters?: { name?: string; in?: string }[];
  requestBody?: unknown;
  responses: Record<string, unknown>;
}

interface Media {
  schema: object;
  example?: unknown;
}

let world: CloudWorld;
let description: { paths: Record<string, Record<string, Operation>> };
beforeAll(async () => {
  world = await startCloudWorld();
  description = JSON.parse(writtenDescription(world.routes));
});
afterAll(() => world.stop());

const operations = (): Operation[] => Object.values(description.paths).flatMap((path) => Object.values(path));

test('client/openapi.json is what the routes give: npm run openapi writes it', () => {
  const committed = readFileSync(new URL('../../../client/openapi.json', import.meta.url), 'utf8');
  expect(committed === writtenDescription(world.routes)).toBe(true);
});

test('the description is valid OpenAPI 3.1', async () => {
  // The validator follows references in place, so it gets a copy.
  const result = await validate(structuredClone(description) as unknown as Parameters<typeof validate>[0]);
  expect(result).toMatchObject({ valid: true, specification: 'OpenAPI' });
});

test('every route is described with all that it takes and may answer', () => {
  for (const route of world.routes) {
    if (route.method === 'HEAD') continue;
    const path = route.url.replaceAll(/:(\w+)/g, '{$1}');
    const operation = description.paths[path]?.[route.method.toLowerCase()];
    expect(operation, `${route.method} ${route.url}`).toBeDefined();
    if (operation === undefined) continue;
    expect(Object.keys(operation.responses).map(Number), route.url).toEqual(statusesOf(route));
    expect(operation.requestBody === undefined, route.url).toBe(route.schema.body === undefined);
    expect(operation.security, route.url).toEqual(route.access.kind === 'open' ? [] : undefined);
    const inPath = operation.parameters
      ?.filter((parameter) => parameter.in === 'path')
      .map(({ name }) => name);
    expect(inPath ?? []).toEqual([...route.url.matchAll(/:(\w+)/g)].map(([, name]) => name));
  }
});

test('every operation has a name of its own, a group and a summary', () => {
  const all = operations();
  expect(all.length).toBeGreaterThan(100);
  expect(new Set(all.map(({ operationId }) => operationId)).size).toBe(all.length);
  expect(all.filter(({ summary, tags }) => !/^[A-Z]\S* \S/.test(summary) || tags.length !== 1)).toEqual([]);
});

test('every body that is sent or answered has an example that fits its schema', () => {
  const ajv = new Ajv({ strict: false });
  const shown = operations().flatMap(({ operationId, requestBody, responses }) =>
    [requestBody, ...Object.values(responses)].map((body) => ({
      operationId,
      media: (body as { content?: Record<string, Media> } | undefined)?.content?.['application/json'],
    })),
  );
  for (const { operationId, media } of shown) {
    if (media === undefined) continue;
    expect(media.example, operationId).toBeDefined();
    const fits = ajv.validate(media.schema, media.example);
    expect(fits, `${operationId}: ${JSON.stringify(media.example)} ${ajv.errorsText()}`).toBe(true);
  }
  expect(shown.filter(({ media }) => media !== undefined).length).toBeGreaterThan(200);
});

test('anybody may read the description', async () => {
  const answer = await world.send(undefined, 'GET', '/api/openapi.json');
  expect(answer.status).toBe(200);
  expect(answer.body).toEqual(description);
});

test('the page and all that it loads come from this server', async () => {
  const page = await world.send(undefined, 'GET', '/api/docs');
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
  const files = [...String(page.body).matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file = '']) => file);
  expect(files.length).toBe(3);
  for (const file of files) {
    const { status, headers, body } = await world.send(undefined, 'GET', file);
    expect([status, headers.get('x-content-type-options')], file).toEqual([200, 'nosniff']);
    expect(headers.get('content-type'), file).toMatch(/^text\/(javascript|css);/);
    expect(String(body).length, file).toBeGreaterThan(100);
  }
});

test.each(['package.json', '..%2Fpackage.json', '__proto__', 'constructor'])(
  '%s is no file of the page',
  async (file) => {
    const { status } = await world.send(undefined, 'GET', `/api/docs/${file}`);
    expect(status).toBe(404);
  },
);
