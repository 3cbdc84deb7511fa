import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nearestBySpelling } from './spelling.ts';

const LINES = [
  'GET /api/folders',
  'POST /api/folders',
  'GET /api/folders/:uid',
  'GET /api/serviceaccounts/search',
  'GET /api/org',
].map((line) => ({ method: line.split(' ')[0] ?? '', url: line.split(' ')[1] ?? '' }));

test.each([
  ['GET', '/api/folder', 'GET /api/folders'],
  ['POST', '/api/Folder?x=1', 'POST /api/folders'],
  ['GET', '/api/foldres/abc', 'GET /api/folders/:uid'],
  ['GET', '/api/service-accounts/search', 'GET /api/serviceaccounts/search'],
  ['GET', '/api/orgs', 'GET /api/org'],
])('a misspelt path is brought to the nearest call: %s %s', (method, path, wanted) => {
  const { method: verb, url } = nearestBySpelling(LINES, { method, path }) ?? { method: '', url: '' };
  expect(`${verb} ${url}`).toBe(wanted);
});

test.each([
  ['/something/else/entirely'],
  ['/'],
  ['/api/xyz'],
  [`/api/${'folders'.repeat(40)}`],
  ['/api/orchestra'],
])('what is like nothing is brought to nothing: %s', (path) => {
  expect(nearestBySpelling(LINES, { method: 'GET', path })).toBeUndefined();
});

test('a path that is right is its own nearest', () => {
  fc.assert(
    fc.property(fc.constantFrom(...LINES), (line) => {
      expect(nearestBySpelling(LINES, { method: line.method, path: line.url.replace(':uid', 'x') })).toBe(
        line,
      );
    }),
  );
});
