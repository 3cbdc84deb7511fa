import type { Readable } from 'node:stream';

/** Gathers the lines of a log that tell of an error, for as long as it is written. */
export function errorsIn(log: Readable | null): string[] {
  const errors: string[] = [];
  let rest = '';
  log?.on('data', (part: string) => {
    const lines = (rest + part).split('\n');
    rest = lines.pop() ?? '';
    errors.push(...lines.filter((line) => /level=(error|critical)/.test(line)));
  });
  return errors;
}
