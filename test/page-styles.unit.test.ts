import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const SOURCES = join(import.meta.dirname, '../web/src');
const STYLES = join(import.meta.dirname, '../node_modules/@mantine/core/styles');
const LISTED = readFileSync(join(SOURCES, 'theme/components.css'), 'utf8');

test('every component that the page takes from Mantine has its styles', () => {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\.tsx?$/.test(file),
  );
  const taken = files.flatMap((file) => {
    const text = readFileSync(join(SOURCES, file), 'utf8');
    const lists = [...text.matchAll(/import \{([^}]*)\} from '@mantine\/core'/g)].map(
      ([, names = '']) => names,
    );
    return lists.flatMap((names) => names.split(',').map((name) => name.trim()));
  });
  const styled = [...new Set(taken)].filter((name) => existsSync(join(STYLES, `${name}.css`)));
  expect(styled.length).toBeGreaterThan(30);
  expect(styled.filter((name) => !LISTED.includes(`/${name}.css'`))).toEqual([]);
});
