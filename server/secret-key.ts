import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ConfigError } from './config/config-error.ts';

const KEY_BYTES = 32;
const SHORTEST = 32;
const PATIENCE_MS = 1000;
const LOOK_EVERY_MS = 20;

/**
 * The key that the server made for itself at its first start, kept where only its own user can read it. Throws a ConfigError
 * when there is less than a key in the file: encrypting under that would be no secret.
 */
export function generatedSecretKey(dataDirectory: string): string {
  const path = join(dataDirectory, 'secret-key');
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  try {
    const key = randomBytes(KEY_BYTES).toString('base64url');
    writeFileSync(path, key, { mode: 0o600, flag: 'wx', flush: true });
  } catch (error) {
    // It is there already: from an earlier start, or from a server that starts at the same moment.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return readWhole(path);
}

/** The key in the file, which another server may be just about to write. */
function readWhole(path: string): string {
  for (let waited = 0; ; waited += LOOK_EVERY_MS) {
    const key = readFileSync(path, 'utf8').trim();
    if (key.length >= SHORTEST) return key;
    if (waited >= PATIENCE_MS) {
      throw new ConfigError(
        `${path} holds no key of ${SHORTEST} characters or more: put the right one back from a backup or, if nothing was ` +
          'encrypted yet, delete the file',
      );
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_EVERY_MS);
  }
}
