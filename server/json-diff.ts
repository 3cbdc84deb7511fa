import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { type Delta, type DiffContext, DiffPatcher } from 'jsondiffpatch';
import { changeNumbers } from '../client/json-text.ts';

export interface Difference {
  /** In the format of jsondiffpatch; undefined where nothing is different. */
  delta: Delta;
  /** The JSON of the delta, or of a value in it, with its numbers as they were written. */
  textOf(part: unknown, indent?: number): string;
}

/** What a list costs to compare: its items and, where they have to be found again in another order, each with each. */
const MOST_WORK = 1_000_000;
// By what an item of a list is found again at another place.
const NAMES = ['uid', 'id', 'refId', 'name', 'key'];

/**
 * Compares two JSON documents. Numbers differ where their values do, however many digits that takes. Lists that would take too
 * much work are compared as a whole.
 */
export function compareJson(before: string, after: string): Difference {
  const numbers = exactNumbers();
  const left = bare(JSON.parse(changeNumbers(before, numbers.mark)));
  const right = bare(JSON.parse(changeNumbers(after, numbers.mark)));
  const patcher = new DiffPatcher({ objectHash: nameOf, propertyFilter: differs });
  patcher.processor.pipes.diff.before('arrays', costlyLists(MOST_WORK));
  return { delta: patcher.diff(left, right), textOf: numbers.textOf };
}

/** Lets numbers that a double cannot hold go through as texts that nothing else can be. */
function exactNumbers() {
  const mark = randomUUID();
  const written = new Map<string, string>();
  return {
    mark(number: string): string {
      const exact = exactForm(number);
      if (exact === undefined) return number;
      const text = `${mark}${exact}`;
      if (!written.has(text)) written.set(text, number);
      return JSON.stringify(text);
    },
    textOf(part: unknown, indent?: number): string {
      const json = JSON.stringify(part, undefined, indent);
      if (written.size === 0) return json;
      const marked = new RegExp(`"(${mark}[^"]*)"`, 'g');
      return json.replaceAll(marked, (_, text: string) => written.get(text) ?? 'null');
    },
  };
}

// As many digits as every double keeps, and how far from 1 it keeps them.
const DIGITS_KEPT = 15;
const EXPONENT_KEPT = 290;

/** Digits and exponent, alike for equal values; undefined for a number that a double keeps. */
function exactForm(number: string): string | undefined {
  if (number.length <= DIGITS_KEPT && !/^-0|e/i.test(number)) return undefined;
  const [mantissa = '', exponent = '0'] = number.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  const all = whole + fraction;
  const [first, end] = boundsOf(all);
  if (first === end) return undefined;
  if (exponent.length > DIGITS_KEPT) return number;
  const scale = Number(exponent) - fraction.length + all.length - end;
  if (end - first <= DIGITS_KEPT && Math.abs(scale) <= EXPONENT_KEPT) return undefined;
  return `${number.startsWith('-') ? '-' : ''}${all.slice(first, end)}e${scale}`;
}

/** Where the digits begin and end that are not zeros around the others. */
function boundsOf(digits: string): [first: number, end: number] {
  let first = 0;
  let end = digits.length;
  while (digits[first] === '0') first++;
  while (end > first && digits[end - 1] === '0') end--;
  return [first, end];
}

/** Takes from objects what they inherit, so that a member is never mistaken for it. */
function bare(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (!Array.isArray(value)) Object.setPrototypeOf(value, null);
  for (const part of Object.values(value)) bare(part);
  return value;
}

function differs(name: string, { left, right }: DiffContext): boolean {
  return (left as Record<string, unknown>)[name] !== (right as Record<string, unknown>)[name];
}

function nameOf(item: unknown, index = 0): string | undefined {
  if (typeof item !== 'object' || item === null) return undefined;
  for (const name of NAMES) {
    const value = (item as Record<string, unknown>)[name];
    if (typeof value === 'string' || typeof value === 'number') return `${name} ${value}`;
  }
  return `at ${index}`;
}

function costlyLists(mostWork: number) {
  let left = mostWork;
  const filter = (context: DiffContext): void => {
    if (!context.leftIsArray) return;
    const lists = [context.left as unknown[], context.right as unknown[]] as const;
    const work = workOf(...lists);
    if (work <= left) left -= work;
    else context.setResult(isDeepStrictEqual(...lists) ? undefined : [...lists]).exit();
  };
  return Object.assign(filter, { filterName: 'costlyLists' });
}

function workOf(before: readonly unknown[], after: readonly unknown[]): number {
  const shorter = Math.min(before.length, after.length);
  const areSame = (at: number, other: number): boolean => {
    const name = nameOf(before[at], at);
    return before[at] === after[other] || (name !== undefined && name === nameOf(after[other], other));
  };
  let head = 0;
  while (head < shorter && areSame(head, head)) head++;
  let tail = 0;
  while (head + tail < shorter && areSame(before.length - 1 - tail, after.length - 1 - tail)) tail++;
  const same = head + tail;
  return shorter + (before.length - same) * (after.length - same);
}
