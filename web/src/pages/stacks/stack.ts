import type { Answer } from '../../lib/api.ts';

export type Stack = Answer<'/api/admin/cloud/stacks/{id}', 'get'>;

const SIZE = new Intl.NumberFormat('en', { style: 'unit', unit: 'megabyte', maximumFractionDigits: 1 });

/** What a stack's database takes, in words; where it is no file, nobody looks. */
export function sizeText({ bytes }: Stack): string {
  return bytes === null ? 'Not known' : SIZE.format(bytes / 1e6);
}

/** A slug like a name: lower case letters, digits and dashes, with a letter first; '' where the name has none. */
export function slugLike(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9_]+/g, '-')
    .replaceAll(/^[^a-z]+|-+$/g, '')
    .slice(0, 63);
}

/** What is wrong with a name, or null. */
export function nameFault(name: string): string | null {
  return name.trim() === '' ? 'Give the stack a name' : null;
}

/** Labels as they are written in a form, one a line. */
export function labelsText(labels: Stack['labels']): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n');
}

/** What was written there; undefined where a line is no label. */
export function readLabels(text: string): Stack['labels'] | undefined {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const pairs = lines.map((line) => line.split('=').map((part) => part.trim()));
  if (!pairs.every((pair) => pair.length === 2 && pair.every((part) => part !== ''))) return undefined;
  return Object.fromEntries(pairs) as Stack['labels'];
}
