import { randomBytes } from 'node:crypto';
import {
  chownSync,
  closeSync,
  fchmodSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { EXIT, Failure } from '../failure.ts';

/** A file to be written: what it has to say before, or undefined where there must be none, and what it says then. */
export interface Writing {
  path: string;
  before: string | undefined;
  after: string;
}

const NEW_FILE = 0o644;

/**
 * Writes all of the files or none. Everything is on the disk beside the old files before the first of them is replaced, and a file
 * that somebody has changed meanwhile is not.
 */
export function writeAll(files: readonly Writing[]): void {
  const prepared: { file: Writing; temporary: string }[] = [];
  const replaced: Writing[] = [];
  let path = '';
  try {
    for (const file of files) {
      ({ path } = file);
      const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
      prepared.push({ file, temporary });
      prepare(file, temporary);
    }
    for (const { file } of prepared) {
      ({ path } = file);
      requireUnchanged(file);
    }
    for (const { file, temporary } of prepared) {
      ({ path } = file);
      renameSync(temporary, path);
      replaced.push(file);
    }
  } catch (error) {
    for (const { temporary } of prepared) rmSync(temporary, { force: true });
    const kept = replaced.filter((file) => !putBack(file)).map((file) => file.path);
    const detail = kept.length === 0 ? 'Nothing was written.' : `Written all the same: ${kept.join(', ')}.`;
    throw new Failure(EXIT.failure, `${path} cannot be written: ${(error as Error).message}`, {
      detail,
      cause: error,
    });
  }
}

function prepare({ path, before, after }: Writing, temporary: string): void {
  const old = before === undefined ? undefined : statSync(path);
  // Replacing a file asks for no right to write to it; whoever took that right away did not want this.
  if (old !== undefined) closeSync(openSync(path, 'r+'));
  const file = openSync(temporary, 'wx', NEW_FILE);
  try {
    const bytes = Buffer.from(after);
    for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
    if (old !== undefined) fchmodSync(file, old.mode & 0o7777);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  const own = statSync(temporary);
  if (old !== undefined && (old.uid !== own.uid || old.gid !== own.gid))
    chownSync(temporary, old.uid, old.gid);
}

function requireUnchanged({ path, before }: Writing): void {
  if (textIn(path) !== before) throw new Error('somebody has changed it meanwhile; run the command again');
}

function textIn(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Whether a file says again what it said. */
function putBack({ path, before, after }: Writing): boolean {
  try {
    if (before === undefined) rmSync(path);
    else {
      const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
      prepare({ path, before: after, after: before }, temporary);
      renameSync(temporary, path);
    }
    return true;
  } catch {
    // The message says which files this is true of.
    return false;
  }
}
