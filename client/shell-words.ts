/** What a shell makes of a text: commands of words. */
export interface ShellText {
  commands: string[][];
  /** The variables that a shell would have put in and whose values are not in the text. */
  unknown: ReadonlySet<string>;
}

// What variables stand for may hold variables again, and so on: that much is read in all.
const MOST_PUT_IN = 1 << 16;

const NAME = /[A-Za-z_]\w*/y;
const ASSIGNMENT = /^[A-Za-z_]\w*=/;
const ESCAPES: Record<string, string> = { n: '\n', r: '\r', t: '\t', e: '\u001b', a: '\u0007', b: '\b' };

/**
 * Reads commands as bash does: quotes of all kinds, lines that go on, comments, and the variables that the text itself sets.
 * What only running would tell, as the output of a command, stays as it is written.
 */
export function readShellText(text: string): ShellText {
  const reader: Reader = {
    text: withoutCarets(text),
    at: 0,
    values: new Map(),
    unknown: new Set(),
    putIn: 0,
  };
  const commands: string[][] = [];
  let command: string[] = [];
  const end = (): void => {
    if (command.length > 0) commands.push(keepAssignments(reader, command));
    command = [];
  };
  while (reader.at < reader.text.length) {
    const letter = reader.text[reader.at] ?? '';
    if (letter === '\n' || letter === ';' || letter === '|' || letter === '&') {
      end();
      reader.at++;
    } else if (letter === '#') {
      const line = reader.text.indexOf('\n', reader.at);
      reader.at = line === -1 ? reader.text.length : line;
    } else if (letter === '<' || letter === '>') {
      reader.at++;
      skipRedirection(reader);
    } else if (isBlank(letter) || goesOn(reader)) {
      reader.at += isBlank(letter) ? 1 : 2;
    } else {
      const start = reader.at;
      const word = readWord(reader);
      // The number of what is redirected, as in 2>file.
      const isDescriptor = /^\d+[<>]$/.test(reader.text.slice(start, reader.at + 1));
      if (!isDescriptor) command.push(word);
    }
  }
  end();
  return { commands, unknown: reader.unknown };
}

interface Reader {
  text: string;
  at: number;
  values: Map<string, string>;
  unknown: Set<string>;
  /** How many letters of variables were put in. */
  putIn: number;
}

// Windows writes a caret before what it would otherwise take for its own; browsers copy commands so.
function withoutCarets(text: string): string {
  const plain = text.replaceAll('\r\n', '\n');
  return /\^\n|curl(\.exe)? \^"/.test(plain)
    ? plain.replaceAll(/\^([\s\S])/g, (_, next: string) => (next === '\n' ? ' ' : next))
    : plain;
}

/** Keeps what a command sets, and gives the command itself. */
function keepAssignments(reader: Reader, command: string[]): string[] {
  const words = command[0] === 'export' ? command.slice(1) : command;
  const first = words.findIndex((word) => !ASSIGNMENT.test(word));
  const set = first === -1 ? words : words.slice(0, first);
  for (const word of set) {
    const equals = word.indexOf('=');
    reader.values.set(word.slice(0, equals), word.slice(equals + 1));
  }
  return first === -1 ? [] : words.slice(first);
}

function skipRedirection(reader: Reader): void {
  while (reader.text[reader.at] === '>' || reader.text[reader.at] === '&' || isBlank(reader.text[reader.at]))
    reader.at++;
  if (reader.at < reader.text.length && !isEnd(reader.text[reader.at])) readWord(reader);
}

function readWord(reader: Reader): string {
  const parts: string[] = [];
  for (;;) {
    const letter = reader.text[reader.at];
    if (isEnd(letter)) return parts.join('');
    if (goesOn(reader)) reader.at += 2;
    else if (letter === "'") parts.push(readSingle(reader));
    else if (letter === '"') parts.push(readDouble(reader));
    else if (letter === '$' && reader.text[reader.at + 1] === "'") parts.push(readEscaped(reader));
    else if (letter === '$') parts.push(readVariable(reader));
    else if (letter === '`') parts.push(readUpTo(reader, '`'));
    else if (letter === '\\') {
      parts.push(reader.text[reader.at + 1] ?? '');
      reader.at += 2;
    } else parts.push(readPlain(reader));
  }
}

const PLAIN = /[^\s'"$`\\;|&<>]+/y;

function readPlain(reader: Reader): string {
  PLAIN.lastIndex = reader.at;
  const [found = reader.text[reader.at] ?? ''] = PLAIN.exec(reader.text) ?? [];
  reader.at += found.length;
  return found;
}

function readSingle(reader: Reader): string {
  const close = reader.text.indexOf("'", reader.at + 1);
  const end = close === -1 ? reader.text.length : close;
  const found = reader.text.slice(reader.at + 1, end);
  reader.at = end + 1;
  return found;
}

const IN_DOUBLE = /[^"\\$`]+/y;

function readDouble(reader: Reader): string {
  const parts: string[] = [];
  reader.at++;
  while (reader.at < reader.text.length && reader.text[reader.at] !== '"') {
    const letter = reader.text[reader.at];
    const next = reader.text[reader.at + 1] ?? '';
    if (letter === '$') parts.push(readVariable(reader));
    else if (letter === '`') parts.push(readUpTo(reader, '`'));
    else if (letter === '\\') {
      if (next !== '\n') parts.push('"\\$`'.includes(next) ? next : letter + next);
      reader.at += 2;
    } else {
      IN_DOUBLE.lastIndex = reader.at;
      const [found = ''] = IN_DOUBLE.exec(reader.text) ?? [];
      parts.push(found);
      reader.at += found.length;
    }
  }
  reader.at++;
  return parts.join('');
}

/** What stands in $'…'; browsers copy so what has quotes in it. */
function readEscaped(reader: Reader): string {
  const parts: string[] = [];
  reader.at += 2;
  while (reader.at < reader.text.length && reader.text[reader.at] !== "'") {
    if (reader.text[reader.at] !== '\\') parts.push(reader.text[reader.at++] ?? '');
    else parts.push(readEscape(reader));
  }
  reader.at++;
  return parts.join('');
}

const CODE = /\\(?:x([\da-f]{1,2})|u([\da-f]{1,4}))/iy;

function readEscape(reader: Reader): string {
  CODE.lastIndex = reader.at;
  const [whole, byte, unit] = CODE.exec(reader.text) ?? [];
  if (whole !== undefined) {
    reader.at += whole.length;
    return String.fromCharCode(Number.parseInt(byte ?? unit ?? '', 16));
  }
  const next = reader.text[reader.at + 1] ?? '';
  reader.at += 2;
  return ESCAPES[next] ?? next;
}

function readVariable(reader: Reader): string {
  const next = reader.text[reader.at + 1];
  if (next === '(') return readUpTo(reader, ')');
  const inBraces = next === '{';
  NAME.lastIndex = reader.at + (inBraces ? 2 : 1);
  const name = NAME.exec(reader.text)?.[0];
  if (name === undefined) {
    reader.at++;
    return '$';
  }
  const close = inBraces ? reader.text.indexOf('}', NAME.lastIndex) : NAME.lastIndex - 1;
  const end = close === -1 ? reader.text.length : close + 1;
  const written = reader.text.slice(reader.at, end);
  reader.at = end;
  const value = reader.values.get(name);
  if (value === undefined || reader.putIn + value.length > MOST_PUT_IN) {
    reader.unknown.add(name);
    return written;
  }
  reader.putIn += value.length;
  return value;
}

function readUpTo(reader: Reader, closing: string): string {
  const close = reader.text.indexOf(closing, reader.at + 1);
  const end = close === -1 ? reader.text.length : close + 1;
  const found = reader.text.slice(reader.at, end);
  reader.at = end;
  return found;
}

function goesOn({ text, at }: Reader): boolean {
  // PowerShell's sign for it is the backtick.
  return (text[at] === '\\' || text[at] === '`') && text[at + 1] === '\n';
}

function isBlank(letter: string | undefined): boolean {
  return letter !== undefined && letter !== '\n' && /\s/.test(letter);
}

function isEnd(letter: string | undefined): boolean {
  return letter === undefined || /[\s;|&<>]/.test(letter);
}
