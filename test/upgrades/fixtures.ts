import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const FIXTURES = fileURLToPath(new URL('fixtures', import.meta.url));
export const SECRET_KEY = 'for fixtures';

const DIGESTS = join(FIXTURES, 'steps.json');
const MIGRATIONS = fileURLToPath(new URL('../../server/db/migrations', import.meta.url));

/** The SHA-256 of each step that a fixture has taken, as it was then. */
export function digestsTaken(): Record<string, string> {
  return JSON.parse(readFileSync(DIGESTS, 'utf8')) as Record<string, string>;
}

/** The SHA-256 of a step as it is today. */
export function digestOf(step: string): string {
  return createHash('sha256')
    .update(readFileSync(join(MIGRATIONS, `${step}.ts`)))
    .digest('hex');
}
