// JSON as it was written: numbers beyond what JavaScript can hold, and the order of members, survive only in the text.

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BLANKS = new Set([0x09, 0x0a, 0x0d, 0x20]);

/** How deep arrays and objects lie in one another; brackets within strings do not count. */
export function depthOf(json: string): number {
  let open = 0;
  let deepest = 0;
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at);
    if (code === QUOTE) at = endOfString(json, at);
    else if (opens(code)) deepest = Math.max(deepest, ++open);
    else if (closes(code)) open--;
  }
  return deepest;
}

/**
 * The members of an object, each value as its own text, in the order in which they stand; a name that comes twice keeps its
 * first place and its last value, as in JSON.parse. The text has to be valid JSON.
 */
export function membersOf(object: string): Map<string, string> {
  const members = new Map<string, string>();
  let at = object.indexOf('{') + 1;
  for (let quote = object.indexOf('"', at); quote !== -1; quote = object.indexOf('"', at)) {
    const end = endOfString(object, quote);
    const start = object.indexOf(':', end) + 1;
    at = endOfValue(object, start);
    members.set(JSON.parse(object.slice(quote, end + 1)) as string, object.slice(start, at).trim());
  }
  return members;
}

/** The text of an object with these members, each value being JSON already. */
export function objectText(members: ReadonlyMap<string, string>): string {
  return `{${[...members].map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`;
}

/** The same JSON with each member on a line of its own, as JSON.stringify lays it out with an indent of 2. */
export function laidOut(json: string): string {
  let open = 0;
  const line = (change: -1 | 0 | 1): string => {
    open += change;
    return `\n${'  '.repeat(open)}`;
  };
  const pieces = Array.from(json.matchAll(PART), ([part]) => {
    const code = part.charCodeAt(0);
    if (part.length > 1) return opens(code) ? `${part.at(0)}${part.at(-1)}` : part;
    if (opens(code)) return part + line(1);
    if (closes(code)) return line(-1) + part;
    if (code === COMMA) return part + line(0);
    return code === COLON ? ': ' : part;
  });
  return pieces.join('');
}

// A text, a bracket that is closed at once, a sign, or whatever else has no blanks in it.
const PART = /"(?:[^"\\]|\\.)*"|[{[][ \t\n\r]*[}\]]|[{}[\],:]|[^ \t\n\r"{}[\],:]+/g;

/** The same JSON, but for each text in it that is a value: instead of it what is made of its JSON. Names of members stay. */
export function changeTexts(json: string, change: (text: string) => string): string {
  return changeParts(json, /"/g, (quote) => {
    const end = endOfString(json, quote) + 1;
    return { end, text: isName(json, end) ? undefined : change(json.slice(quote, end)) };
  });
}

/** The same JSON, but for its numbers: instead of each what is made of its text. */
export function changeNumbers(json: string, change: (number: string) => string): string {
  return changeParts(json, /["\d-]/g, (at) => {
    if (json.charCodeAt(at) === QUOTE) return { end: endOfString(json, at) + 1 };
    NUMBER.lastIndex = at;
    const [number = ''] = NUMBER.exec(json) ?? [];
    return { end: at + number.length, text: change(number) };
  });
}

const NUMBER = /[-+.\dEe]+/y;

/** Goes from part to part, each where the last one ended, and puts a text in the place of those that get one. */
function changeParts(
  json: string,
  begins: RegExp,
  partAt: (start: number) => { end: number; text?: string | undefined },
): string {
  const pieces: string[] = [];
  let kept = 0;
  for (let found = begins.exec(json); found !== null; found = begins.exec(json)) {
    const { end, text } = partAt(found.index);
    begins.lastIndex = end;
    if (text === undefined) continue;
    pieces.push(json.slice(kept, found.index), text);
    kept = end;
  }
  return pieces.join('') + json.slice(kept);
}

function isName(json: string, end: number): boolean {
  let at = end;
  while (BLANKS.has(json.charCodeAt(at))) at++;
  return json.charCodeAt(at) === COLON;
}

function endOfValue(json: string, start: number): number {
  let open = 0;
  for (let at = start; at < json.length; at++) {
    const code = json.charCodeAt(at);
    if (code === QUOTE) at = endOfString(json, at);
    else if (opens(code)) open++;
    else if (open === 0 && (code === COMMA || closes(code))) return at;
    else if (closes(code)) open--;
  }
  return json.length;
}

function endOfString(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); end !== -1; end = json.indexOf('"', end + 1)) {
    let slashes = 0;
    while (json[end - 1 - slashes] === '\\') slashes++;
    if (slashes % 2 === 0) return end;
  }
  return json.length;
}

function opens(code: number): boolean {
  return code === 0x7b || code === 0x5b;
}

function closes(code: number): boolean {
  return code === 0x7d || code === 0x5d;
}
