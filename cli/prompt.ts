import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { Failure, usageFailure } from './failure.ts';

const INTERRUPTED = 130;
const LONGEST_SECRET = 65_536;

/** Whether there is somebody to ask. */
export function canAsk(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

/** What the person at the terminal answers; the question goes to standard error. */
export function ask(question: string): Promise<string> {
  return readAnswer(question, process.stderr);
}

/** Whether the person at the terminal says yes; anything else, and nothing, is no. */
export async function agrees(question: string): Promise<boolean> {
  return /^y(?:es)?$/i.test((await ask(`${question} [y/N] `)).trim());
}

/** The same for a secret: what is typed does not show. */
export async function askSecret(question: string): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const answer = readAnswer('', nowhere);
  // Only now that nothing shows any more: somebody may type, or paste, as soon as they see it.
  process.stderr.write(question);
  try {
    return await answer;
  } finally {
    process.stderr.write('\n');
  }
}

/** The secret on standard input, without the line break at its end. */
export async function readSecret(what: string): Promise<string> {
  let text = '';
  process.stdin.setEncoding('utf8');
  for await (const chunk of process.stdin) {
    text += String(chunk);
    if (text.length > LONGEST_SECRET) throw usageFailure(`the ${what} on standard input is too long`);
  }
  const secret = text.replace(/\r?\n$/, '');
  if (secret === '') throw usageFailure(`there is no ${what} on standard input`);
  return secret;
}

function readAnswer(question: string, output: NodeJS.WritableStream): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output, terminal: true });
  return new Promise((resolve, reject) => {
    // Before the answer, the end of the input is as good as Ctrl-C.
    terminal.once('SIGINT', () => terminal.close());
    terminal.once('close', () => reject(new Failure(INTERRUPTED, 'interrupted')));
    terminal.question(question, (answer) => {
      resolve(answer);
      terminal.close();
    });
  });
}
