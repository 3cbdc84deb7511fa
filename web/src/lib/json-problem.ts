/** Where a text stops being JSON, counted from 1 as people count, and what is wrong there. */
export interface JsonProblem {
  message: string;
  line: number;
  column: number;
  /** The same place as the editor counts: characters before it. */
  offset: number;
}

/** What is wrong with a text that should be JSON; undefined when it is. Browsers disagree on where and in which words. */
export function jsonProblem(text: string): JsonProblem | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch {
    const [offset, message] = faultIn(text) ?? [0, 'This is no JSON.'];
    const before = text.slice(0, offset).split('\n');
    return { message, offset, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
  }
}

type Fault = [offset: number, message: string];

/** What may come next. `first` is right after a bracket, where it may be closed at once. */
type Next = 'value' | 'first value' | 'name' | 'first name' | 'colon' | 'comma' | 'end';

const BLANK = /[ \t\n\r]*/y;
const TEXT = /"(?:[ !#-[\]-\uffff]+|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/y;
const SCALAR = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-])/y;
const WORD = /[^\s,:[\]{}"]+/y;
const CLOSING: Record<string, string> = { '{': '}', '[': ']' };

function faultIn(text: string): Fault | undefined {
  const open: string[] = [];
  let next: Next = 'value';
  let comma = -1;
  for (let at = skip(BLANK, text, 0); ; at = skip(BLANK, text, at)) {
    const sign = text[at];
    if (sign === undefined) return next === 'end' ? undefined : [at, tooShort(open.at(-1))];
    if (next === 'end') return [at, 'There is more text after the end of the JSON: remove it.'];
    const around = open.at(-1);
    if (next === 'colon') {
      if (sign !== ':') return [at, 'A colon is missing between the name and its value.'];
      [next, at] = ['value', at + 1];
    } else if (next === 'comma' || (next.startsWith('first') && sign === CLOSING[around ?? ''])) {
      if (sign === ',' && next === 'comma') {
        [next, comma, at] = [around === '{' ? 'name' : 'value', at, at + 1];
      } else if (sign === CLOSING[around ?? '']) {
        open.pop();
        [next, at] = [open.length === 0 ? 'end' : 'comma', at + 1];
      } else return [at, betweenFault(sign, around)];
    } else if (sign === '"') {
      const end = skip(TEXT, text, at);
      if (text[end] !== '"') return textFault(text, at, end);
      [next, at] = [next.endsWith('name') ? 'colon' : afterValue(open), end + 1];
    } else if (next.endsWith('name')) {
      return sign === '}' ? [comma, 'No comma may stand before }: remove it.'] : [at, nameFault(sign)];
    } else if (sign === '{' || sign === '[') {
      open.push(sign);
      [next, at] = [sign === '{' ? 'first name' : 'first value', at + 1];
    } else {
      const end = skip(SCALAR, text, at);
      if (end === at) return valueFault(text, at, comma);
      [next, at] = [afterValue(open), end];
    }
  }
}

function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return at + (pattern.exec(text)?.[0].length ?? 0);
}

function afterValue(open: readonly string[]): Next {
  return open.length === 0 ? 'end' : 'comma';
}

function tooShort(around: string | undefined): string {
  if (around === undefined) return 'Nothing stands here: JSON is an object, as { "title": "Requests" }.';
  return `The text ends too early: ${CLOSING[around]} is missing for a ${around} further up.`;
}

function betweenFault(sign: string, around: string | undefined): string {
  if (sign === '}' || sign === ']') return `${sign} does not close the ${around} that is open here.`;
  if (sign === ':') return 'A colon may only stand after the name of a member.';
  return 'A comma is missing before this.';
}

function nameFault(sign: string): string {
  if (sign === ',') return 'A member is missing before this comma: remove one of the commas.';
  return 'The name of a member has to stand here, in double quotes.';
}

function textFault(text: string, start: number, end: number): Fault {
  if (text[end] === '\\') return [end, 'No such escape: write \\\\ where a backslash is meant.'];
  if (text[end] === '\t') return [end, 'A tab within a text is written as \\t.'];
  return [start, 'The text that begins here has no closing quote on its line.'];
}

function valueFault(text: string, at: number, comma: number): Fault {
  const sign = text[at] ?? '';
  const isAfterComma = comma !== -1 && text.slice(comma + 1, at).trim() === '';
  if (sign === ']' && isAfterComma) return [comma, 'No comma may stand before ]: remove it.'];
  if (',:]}'.includes(sign)) return [at, `A value is missing before ${sign}.`];
  if (sign === '/') return [at, 'JSON has no comments: remove it.'];
  if (sign === "'") return [at, 'Texts stand in double quotes.'];
  const word = text.slice(at, skip(WORD, text, at)).slice(0, 40);
  return [at, `${word} is no value: write true, false, null, a number, or a text in double quotes.`];
}
