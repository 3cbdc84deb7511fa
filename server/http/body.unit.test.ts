import fc from 'fast-check';
import fastify from 'fastify';
import { expect, test } from 'vitest';
import { depthOf as depthOfText } from '../../client/json-text.ts';
import { acceptJson } from './body.ts';
import { handleErrors } from './error-handler.ts';

/** How deep a value is, by walking through it. */
function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Object.values(value).reduce<number>((deepest, inner) => Math.max(deepest, depthOf(inner)), 0);
}

async function post(payload: string) {
  const app = fastify();
  acceptJson(app);
  handleErrors(app);
  app.post('/', (request) => ({ got: request.body === undefined ? 'nothing' : request.body }));
  return app.inject({ method: 'POST', url: '/', payload, headers: { 'content-type': 'text/plain' } });
}

const arrays = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
const objects = (levels: number): string => '{"a":'.repeat(levels) + 'null' + '}'.repeat(levels);

test('the depth of a JSON text is that of its value, brackets and quotes in strings aside', () => {
  const letters = fc.string({
    unit: fc.constantFrom('{', '}', '[', ']', '"', '\\', 'a', '\n'),
    maxLength: 6,
  });
  const value = fc.letrec((tie) => ({
    node: fc.oneof(
      { depthSize: 'medium', withCrossShrink: true },
      letters,
      fc.constantFrom(null, 1, true),
      fc.array(tie('node'), { maxLength: 3 }),
      fc.dictionary(letters, tie('node'), { maxKeys: 3 }),
    ),
  })).node;
  fc.assert(
    fc.property(value, fc.constantFrom(undefined, 1, '\t'), (json, space) => {
      expect(depthOfText(JSON.stringify(json, null, space))).toBe(depthOf(json));
    }),
    { numRuns: 2000 },
  );
});

test('any text has a depth, valid or not', () => {
  const text = fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', '\\', 'a'), maxLength: 50 });
  fc.assert(
    fc.property(text, (json) => {
      expect(depthOfText(json)).toBeGreaterThanOrEqual(0);
      expect(depthOfText(json)).toBeLessThanOrEqual(json.length);
    }),
  );
});

test.each([arrays, objects])(
  'a body 200 levels deep is read, one of 201 or 100,000 is refused',
  async (nested) => {
    const fits = await post(nested(200));
    expect([fits.statusCode, fits.body]).toEqual([200, `{"got":${nested(200)}}`]);
    for (const levels of [201, 100_000]) {
      const { statusCode, body } = await post(nested(levels));
      expect(statusCode).toBe(400);
      expect(body).toContain('bad request data');
    }
  },
);

test('a body is JSON whatever its type says, and an empty one is none', async () => {
  expect((await post('{"a":1}')).json()).toEqual({ got: { a: 1 } });
  expect((await post(' \n ')).json()).toEqual({ got: 'nothing' });
  expect((await post('{"a":')).body).toContain('bad request data');
  expect((await post('{\n"a": 1,\n}')).body).toContain('line 3 column 1');
  expect((await post('{"__proto__":{"isAdmin":true}}')).body).toContain('bad request data');
});
