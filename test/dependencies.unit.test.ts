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

test('of what comes with the package, nothing but a parser with a compiled form to choose runs a script when it is installed', () => {
  type Entry = { dependencies?: Record<string, string>; hasInstallScript?: boolean };
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Record<string, Entry> };
  const reached = new Set(['']);
  // A set that grows while it is gone through: the dependencies of each are reached too.
  for (const path of reached)
    for (const name of Object.keys(lock.packages[path]?.dependencies ?? {})) reached.add(placeOf(name, path));
  const withScripts = [...reached].filter((path) => lock.packages[path]?.hasInstallScript === true);
  expect(withScripts).toEqual(['node_modules/@tree-sitter-grammars/tree-sitter-hcl']);

  /** Where a package that is asked for at a place is found, as Node looks for it. */
  function placeOf(name: string, from: string): string {
    const place = from === '' ? `node_modules/${name}` : `${from}/node_modules/${name}`;
    if (place in lock.packages || from === '') return place;
    return placeOf(name, from.slice(0, Math.max(from.lastIndexOf('/node_modules/'), 0)));
  }
});
