import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ConfigError } from './config/config-error.ts';
import { ensureDirectory } from './db/directory.ts';

const KEY_BYTES = 32;
const SHORTEST = 32;
const PATIENCE_MS = 1000;
const LOOK_EVERY_MS = 20;
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/**
 * The key that the server made for itself at its first start, kept where only its own user can read it. Throws a ConfigError
 * when there is less than a key in the file: encrypting under that would be no secret.
 */
export function generatedSecretKey(dataDirectory: string): string {
  const path = join(dataDirectory, 'secret-key');
  ensureDirectory(dirname(path));
  if (!existsSync(path)) makeKey(path);
  return readWhole(path);
}

/** Writes a new key, whole or not at all: who is killed halfway must not leave a file behind with which no start goes on. */
function makeKey(path: string): void {
  const beside = `${path}.${process.pid}`;
  writeFileSync(beside, randomBytes(KEY_BYTES).toString('base64url'), { mode: 0o600, flush: true });
  try {
    linkSync(beside, path);
  } catch (error) {
    // From a server that starts at the same moment.
    if (!existsSync(path)) {
      // Not every file system has links.
      if (!NO_LINKS.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
      renameSync(beside, path);
    }
  } finally {
    rmSync(beside, { force: true });
  }
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
