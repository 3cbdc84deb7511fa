import fastJson, { type AnySchema } from 'fast-json-stringify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startWorld, type World } from '../testing/world.ts';
import { validatorCompiler } from './validation.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

test('what the first request and the first answer of any route would compile, compiles', () => {
  const wrong: string[] = [];
  let count = 0;
  for (const { method, url, schema } of world.routes) {
    const compile = (what: string, work: () => unknown): void => {
      count++;
      try {
        work();
      } catch (error) {
        wrong.push(`${method} ${url}, ${what}: ${(error as Error).message}`);
      }
    };
    for (const httpPart of ['body', 'querystring', 'params', 'headers'] as const) {
      const asked = schema[httpPart];
      if (asked === undefined) continue;
      compile(httpPart, () => validatorCompiler({ schema: asked as never, method, url, httpPart })({}));
    }
    for (const [status, answer] of Object.entries(schema.response ?? {}))
      compile(status, () => fastJson(answer as AnySchema));
  }
  expect(count).toBeGreaterThan(world.routes.length);
  expect(wrong).toEqual([]);
});
