import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const PAGES = ['README.md', 'CONTRIBUTING.md', ...pagesBelow('docs')];

test('every link between the pages leads to a file and to a heading that are there', () => {
  const links = PAGES.flatMap((page) => linksOf(page).map((link) => ({ page, link })));
  expect(links.length).toBeGreaterThan(100);
  expect(links.filter(({ page, link }) => !leadsSomewhere(page, link))).toEqual([]);
});

test.each(['no-such-file.md', 'stacks.md#no-such-heading', '#no-such-heading'])(
  'a link to %s would be found',
  (link) => {
    expect(leadsSomewhere('docs/limits.md', link)).toBe(false);
  },
);

test('every page of docs can be reached from the README', () => {
  const seen = new Set(['README.md']);
  // A set that grows while it is gone through: what is reached is followed too.
  for (const page of seen)
    for (const link of linksOf(page)) {
      const [file = ''] = link.split('#');
      const target = relative(ROOT, join(ROOT, dirname(page), file));
      if (PAGES.includes(target)) seen.add(target);
    }
  const pages = PAGES.filter((page) => !page.startsWith('docs/decisions/'));
  expect(pages.filter((page) => !seen.has(page))).toEqual([]);
});

function leadsSomewhere(page: string, link: string): boolean {
  const [file = '', heading] = link.split('#');
  const path = file === '' ? join(ROOT, page) : join(ROOT, dirname(page), file);
  return existsSync(path) && (heading === undefined || anchorsOf(path).includes(heading));
}

function pagesBelow(directory: string): string[] {
  const files = readdirSync(join(ROOT, directory), { recursive: true, encoding: 'utf8' });
  return files.filter((file) => file.endsWith('.md')).map((file) => join(directory, file));
}

function linksOf(page: string): string[] {
  const text = withoutCode(readFileSync(join(ROOT, page), 'utf8')).replaceAll(/`[^`\n]*`/g, '');
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  return links.filter((link) => !/^[a-z]+:/.test(link));
}

/** As GitHub and others name headings: small letters, dashes for spaces, no punctuation; none of ours comes twice in a page. */
function anchorsOf(path: string): string[] {
  const headings = withoutCode(readFileSync(path, 'utf8')).matchAll(/^#+ (.*)$/gm);
  return Array.from(headings, ([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function withoutCode(text: string): string {
  return text.replaceAll(/^```.*?^```/gms, '');
}
