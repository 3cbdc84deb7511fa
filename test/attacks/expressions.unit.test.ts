import { globSync, readFileSync } from 'node:fs';
import { parseSync, Visitor } from 'oxc-parser';
import { expect } from 'vitest';
import { attack, IN_FULL } from './attack.ts';

// A regular expression that looks at some text again and again keeps everybody waiting. What is judged is how its time grows
// with the text, never how long it takes.

const SMALL = 1024;
const TIMES = 16;
// Of a linear one 16, of a quadratic one 256.
const TOO_MUCH = 64;
const WORTH_A_LOOK_MS = 3;

interface Found {
  file: string;
  pattern: string;
  flags: string;
}

/** Every regular expression that stands in the server's own text, and in what it uses of the client's. */
function expressions(): Found[] {
  const found = new Map<string, Found>();
  for (const file of globSync(['server/**/*.ts', 'client/*.ts'])) {
    if (/\.test\.ts$|\.d\.ts$|^server\/testing/.test(file)) continue;
    const { program } = parseSync(file, readFileSync(file, 'utf8'));
    new Visitor({
      Literal(node) {
        if ('regex' in node) found.set(node.regex.pattern, { file, ...node.regex });
      },
    }).visit(program);
  }
  return [...found.values()];
}

const SAMPLES: Record<string, string> = {
  w: 'a',
  d: '0',
  s: ' ',
  S: 'a',
  W: '-',
  D: 'a',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** Texts that the parts of a pattern may match over and over: its letters and classes, alone and in pairs. */
function pumps(pattern: string): string[] {
  const letters = [...pattern.matchAll(/\\(.)|([^\\()[\]{}|*+?^$])/gs)].map(([, escaped, plain = '']) =>
    escaped === undefined ? plain : (SAMPLES[escaped] ?? escaped),
  );
  const few = [...new Set([...letters, 'a', '0', ' '])].slice(0, IN_FULL ? 16 : 4);
  return [...few, ...few.flatMap((one) => few.map((other) => one + other))];
}

/** The least of three runs in milliseconds. */
function timeOf(expression: RegExp, text: string): number {
  let least = Infinity;
  for (let run = 0; run < 3; run++) {
    const begun = performance.now();
    expression.lastIndex = 0;
    expression.test(text);
    least = Math.min(least, performance.now() - begun);
  }
  return least;
}

/** Whether the time for some text grows faster than its length. */
function growsOn(expression: RegExp, pump: string, end: string): boolean {
  const text = (length: number): string => pump.repeat(length / pump.length) + end;
  // One whose time doubles with each letter would never come to the end of a long text.
  if (timeOf(expression, text(24)) > WORTH_A_LOOK_MS) return true;
  const small = timeOf(expression, text(SMALL));
  if (small * TIMES * TIMES < WORTH_A_LOOK_MS) return false;
  return timeOf(expression, text(SMALL * TIMES)) > small * TOO_MUCH;
}

// These grow, and read what no client sends.
const OF_THE_OPERATOR = new Set([
  'client/client.ts: /\\/+$/', // the address that is given to the command line
  'server/config/config-error.ts: /\\s*[\\r\\n]+\\s*/g', // what is wrong with the configuration
  'server/config/unknown.ts: /_+$/', // names of variables
  'server/http/openapi-words.ts: /(?:^|[^A-Za-z0-9]+)([A-Za-z0-9])/g', // names of routes
]);

const ENDS = ['', '\u0000', '!'];

attack(
  'a text that keeps a regular expression busy',
  'no expression takes longer than its text is long, or its text is short',
  async (tried) => {
    // Else what follows could not fail.
    expect(growsOn(/^(a+)+$/, 'a', '!')).toBe(true);
    expect(growsOn(/\s+$/, ' ', '!')).toBe(true);
    expect(growsOn(/a/, 'b', '!')).toBe(false);

    const all = expressions();
    expect(all.length).toBeGreaterThan(50);
    const grow: string[] = [];
    for (const { file, pattern, flags } of all) {
      const expression = new RegExp(pattern, flags);
      for (const pump of pumps(pattern)) {
        tried(ENDS.length);
        if (!ENDS.some((end) => growsOn(expression, pump, end))) continue;
        const name = `${file}: /${pattern}/${flags}`;
        if (!OF_THE_OPERATOR.has(name)) grow.push(`${name} on ${JSON.stringify(pump)}`);
        break;
      }
    }
    expect(grow).toEqual([]);
  },
  120_000,
);
