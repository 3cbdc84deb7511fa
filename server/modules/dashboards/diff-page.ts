import type { Difference } from '../../json-diff.ts';
import { depthOf } from '../../../client/json-text.ts';

interface Change {
  path: string;
  /** The values before and after; neither for what only has another place. */
  before?: unknown;
  after?: unknown;
  movedTo?: number;
}

const MOST_LISTED = 10_000;
const MOST_CHARACTERS = 4_000_000;
const SHORT = 200;
/** Levels times characters: deep values would be mostly blanks. */
const MOST_INDENTED = 200_000;

/**
 * What is different, as a list for people to read: with all of each value, or with its beginning. Nothing of it is markup. What
 * would make too large a page is left out, and the page says so.
 */
export function diffPage(difference: Difference, { inFull }: { inFull: boolean }): string {
  const show = (value: unknown): string => escapeHtml(shownText(difference, value, inFull));
  const items: string[] = [];
  let count = 0;
  let room = MOST_CHARACTERS;
  for (const change of changesIn(difference.delta, '')) {
    count++;
    if (items.length === MOST_LISTED || room <= 0) continue;
    const item = `<li>${describe(change, show)}</li>`;
    room -= item.length;
    if (room > 0) items.push(item);
  }
  const more =
    count > items.length
      ? [`<p>Only the first ${items.length} are listed: the rest is left out. The delta has all of them.</p>`]
      : [];
  return [
    '<div class="diff">',
    `<p>${summary(count)}</p>`,
    '<ul>',
    ...items,
    '</ul>',
    ...more,
    '</div>',
  ].join('\n');
}

function shownText({ textOf }: Difference, value: unknown, inFull: boolean): string {
  const text = textOf(value);
  if (!inFull) return shortened(text);
  return text.length * depthOf(text) <= MOST_INDENTED ? textOf(value, 2) : text;
}

function summary(count: number): string {
  if (count === 0) return 'Nothing is different';
  return count === 1 ? '1 difference' : `${count} differences`;
}

/** Every place where a delta in the format of jsondiffpatch says that something is different. */
function* changesIn(delta: unknown, path: string): Generator<Change> {
  if (typeof delta !== 'object' || delta === null) return;
  if (Array.isArray(delta)) {
    yield { path: path || '(all of it)', ...changeOf(delta) };
    return;
  }
  const isList = (delta as Record<string, unknown>)['_t'] === 'a';
  for (const [name, inner] of Object.entries(delta)) {
    if (isList && name === '_t') continue;
    yield* changesIn(inner, isList ? `${path}[${name.replace('_', '')}]` : memberPath(path, name));
  }
}

/** `[after]` was added, `[before, after]` changed, `[before, 0, 0]` taken away, and `['', place, 3]` moved. */
function changeOf(leaf: readonly unknown[]): Omit<Change, 'path'> {
  if (leaf.length === 1) return { after: leaf[0] };
  if (leaf.length === 2) return { before: leaf[0], after: leaf[1] };
  return leaf[2] === 3 ? { movedTo: leaf[1] as number } : { before: leaf[0] };
}

function memberPath(path: string, name: string): string {
  if (!/^[A-Za-z_]\w*$/.test(name)) return `${path}[${JSON.stringify(name)}]`;
  return path === '' ? name : `${path}.${name}`;
}

function describe(change: Change, show: (value: unknown) => string): string {
  const path = `<code>${escapeHtml(change.path)}</code>`;
  if (change.movedTo !== undefined) return `${path} moved to <code>[${change.movedTo}]</code>`;
  const before = 'before' in change ? `<del><pre>${show(change.before)}</pre></del>` : '';
  const after = 'after' in change ? `<ins><pre>${show(change.after)}</pre></ins>` : '';
  const verb = before === '' ? 'added' : after === '' ? 'removed' : 'changed';
  return `${path} ${verb}${before}${after}`;
}

function shortened(text: string): string {
  return text.length > SHORT ? `${text.slice(0, SHORT)}…` : text;
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] ?? '');
}
