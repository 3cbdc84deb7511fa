import { open, rename, rm } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';

// SQLite's own, of a database that was not closed.
const BESIDE = ['', '-wal', '-shm', '-journal'];

/**
 * Has a file made beside the place that it is for: it gets its name once it is whole, and is gone where the making failed. Throws
 * what `requirePlace` says just before.
 */
export async function inNewFile<T>(
  path: string,
  make: (partial: string) => Promise<T>,
  requirePlace: () => void,
): Promise<T> {
  const partial = `${path}.${randomUUID().slice(0, 8)}.partial`;
  try {
    const made = await make(partial);
    requirePlace();
    await rename(partial, path);
    await syncDirectory(dirname(path));
    return made;
  } finally {
    for (const suffix of BESIDE) await rm(partial + suffix, { force: true });
  }
}

/** Waits until the names in a directory are on disk. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
