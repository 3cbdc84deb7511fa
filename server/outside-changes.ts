import { type Stats, unwatchFile, watchFile, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureDirectory } from './db/directory.ts';

const LOOK_EVERY_MS = 1000;

/** Tells the servers of this data directory that somebody else has changed the database. */
export function announceOutsideChange(dataDirectory: string): void {
  ensureDirectory(dataDirectory);
  writeFileSync(pathIn(dataDirectory), `${new Date().toISOString()}\n`);
}

/** Calls `then` within about a second of each such announcement, until the returned function is called. */
export function watchOutsideChanges(dataDirectory: string, then: () => void): () => void {
  const path = pathIn(dataDirectory);
  const compare = (now: Stats, before: Stats): void => {
    if (now.mtimeMs !== before.mtimeMs) then();
  };
  // Looking now and then works on every file system, those of containers included, where notices may not come.
  watchFile(path, { interval: LOOK_EVERY_MS, persistent: false }, compare);
  return () => unwatchFile(path, compare);
}

function pathIn(dataDirectory: string): string {
  return join(dataDirectory, 'changed-from-outside');
}
