import { expect, test } from 'vitest';
import { diffText, unifiedDiff } from './diff.ts';

const TWELVE = Array.from({ length: 12 }, (_, at) => `${at + 1}\n`).join('');

test('changes that are far apart have hunks of their own, with three lines around each', () => {
  const edits = [
    { start: TWELVE.indexOf('2'), end: TWELVE.indexOf('2') + 1, text: 'two\nand a half' },
    { start: TWELVE.indexOf('11'), end: TWELVE.indexOf('12'), text: '' },
  ];
  expect(diffText(unifiedDiff('a.tf', TWELVE, edits))).toBe(`--- a.tf
+++ a.tf
@@ -1,5 +1,6 @@
 1
-2
+two
+and a half
 3
 4
 5
@@ -8,5 +9,4 @@
 8
 9
 10
-11
 12
`);
});

test('a new file and a missing last line end are shown as they are', () => {
  expect(diffText(unifiedDiff('a.tf', undefined, [{ start: 0, end: 0, text: 'a\n' }]))).toBe(
    '--- /dev/null\n+++ a.tf\n@@ -0,0 +1 @@\n+a\n',
  );
  expect(diffText(unifiedDiff('a.tf', 'a\nb', [{ start: 3, end: 3, text: '\nc\n' }]))).toBe(`--- a.tf
+++ a.tf
@@ -1,2 +1,3 @@
 a
-b
\\ No newline at end of file
+b
+c
`);
});

test('no change is no diff', () => {
  expect(unifiedDiff('a.tf', 'a\n', [])).toEqual([]);
  expect(unifiedDiff('a.tf', 'a\n', [{ start: 0, end: 1, text: 'a' }])).toEqual([]);
});

test('a very large place is shown whole, rather than compared line by line', () => {
  const before = 'same\n'.repeat(2000);
  const lines = unifiedDiff('a.tf', before, [{ start: 0, end: before.length, text: `${before}more\n` }]);
  expect(lines.filter(({ kind }) => kind === 'removed')).toHaveLength(2000);
  expect(lines.filter(({ kind }) => kind === 'added')).toHaveLength(2001);
});
