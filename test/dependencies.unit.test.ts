import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const FILES = ['package.json', 'web/package.json', 'client/package.json'];
const FIELDS = ['dependencies', 'devDependencies', 'optionalDependencies'];

type Package = Record<string, Record<string, string> | undefined>;

test('every direct dependency is in docs/dependencies.md with what it is for, and nothing else is', () => {
  const used = FILES.flatMap((file) => {
    const fields = JSON.parse(readFileSync(file, 'utf8')) as Package;
    return FIELDS.flatMap((field) => Object.keys(fields[field] ?? {}));
  });
  const rows = readFileSync('docs/dependencies.md', 'utf8').match(/^\| `.*/gm) ?? [];
  const named = rows.flatMap((row) => row.split('|')[1]?.match(/(?<=`)[^`, ]+(?=`)/g) ?? []);
  expect([...new Set(named)].toSorted()).toEqual([...new Set(used)].toSorted());
});
