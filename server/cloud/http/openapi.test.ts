import { readFileSync } from 'node:fs';
import { validate } from '@readme/openapi-parser';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { statusesOf } from '../../http/statuses.ts';
import { type CloudWorld, startCloudWorld } from '../../testing/cloud.ts';
import { writtenCloudDescription } from '../../testing/description.ts';
import { asGuarded } from './openapi.ts';

interface Operation {
  operationId: string;
  summary: string;
  description: string;
  tags: string[];
  responses: Record<string, unknown>;
}

let world: CloudWorld;
let description: { paths: Record<string, Record<string, Operation>> };
beforeAll(async () => {
  world = await startCloudWorld();
  description = JSON.parse(writtenCloudDescription(world.cloud.routes));
});
afterAll(() => world.stop());

test('client/cloud-openapi.json is what the routes of the cloud side give: npm run openapi writes it', () => {
  const committed = readFileSync(new URL('../../../client/cloud-openapi.json', import.meta.url), 'utf8');
  expect(committed === writtenCloudDescription(world.cloud.routes)).toBe(true);
});

test('the description of the cloud side is valid OpenAPI 3.1', async () => {
  // The validator follows references in place, so it gets a copy.
  const result = await validate(structuredClone(description) as unknown as Parameters<typeof validate>[0]);
  expect(result).toMatchObject({ valid: true, specification: 'OpenAPI' });
});

test('every route of the cloud side is described: what it does, which scope it needs, and all that it may answer', () => {
  const ids = new Set<string>();
  const routes = world.cloud.routes.filter(({ method }) => method !== 'HEAD');
  expect(routes.length).toBeGreaterThan(50);
  for (const route of routes) {
    const operation =
      description.paths[route.url.replaceAll(/:(\w+)/g, '{$1}')]?.[route.method.toLowerCase()];
    const name = `${route.method} ${route.url}`;
    expect(operation?.summary, name).toMatch(/^[A-Z]\S* \S/);
    expect(operation?.tags, name).toEqual([expect.stringMatching(/\S/)]);
    for (const scope of route.needs) expect(operation?.description, name).toContain(`\`${scope}\``);
    expect(Object.keys(operation?.responses ?? {}).map(Number), name).toEqual(statusesOf(asGuarded(route)));
    ids.add(operation?.operationId ?? '');
  }
  expect(ids.size).toBe(routes.length);
});
