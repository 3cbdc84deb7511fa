import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type ApiError, badRequest } from '../errors.ts';
import { type Contents, readArchive } from './archive.ts';
import { type Failed, reasonOf } from './failed.ts';
import type { Manifest } from './manifest-shape.ts';

// What is in a directory of backups, one of each database: of the server, of its cloud side, and of every stack.

/** Every backup of a directory, each read to its end. */
export interface Backups {
  directory: string;
  manifest: Manifest;
  server: Contents;
  cloud: Contents;
  stacks: { id: number; slug: string; file: string; contents: Contents }[];
  /** Those that are not in it, and those whose backups are not whole. */
  failed: Failed[];
}

/** What became of a backup of all databases. */
export interface BackupOfAll {
  /** Where it is: where that was asked for, or beside a whole one whose place it did not take. */
  directory: string;
  manifest: Manifest;
  bytes: number;
}

/** What became of the restoring of one. */
export interface RestoredAll {
  rows: number;
  madeAt: string;
  /** Of all databases, without repetition. */
  upgraded: string[];
  stacks: { id: number; slug: string; rows: number }[];
  failed: Failed[];
  /** Those of them that have no database at all, and are suspended. */
  suspended: string[];
}

export const MANIFEST = 'manifest.json';

/** Whether a path is a directory of backups, or of whatever else. */
export function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Whether a backup is one of all databases, a directory. Throws an ApiError where there is nothing. */
export function isOfAll(path: string): boolean {
  if (!existsSync(path))
    throw badRequest('Name a file or directory that "latchkey backup" wrote.', `there is no backup ${path}`);
  return isDirectory(path);
}

/** Throws an ApiError where a directory has no manifest of ours, or one that is not understood. */
export async function readManifest(directory: string): Promise<Manifest> {
  const path = join(directory, MANIFEST);
  if (!existsSync(path)) throw noBackups(directory, `there is no ${MANIFEST}`);
  const manifest = parsed(readFileSync(path, 'utf8'));
  // Other commands on the machine do not load what looks at shapes: it takes longer than what most of them do.
  const { isManifest } = await import('./manifest-shape.ts');
  if (!isManifest(manifest)) throw noBackups(directory, `${MANIFEST} is not what was written`);
  const odd = [manifest.server, manifest.cloud, ...manifest.stacks].find(
    ({ file }) => file !== basename(file) || file.startsWith('.'),
  );
  if (odd !== undefined) throw noBackups(directory, `${MANIFEST} names a file elsewhere`);
  return manifest;
}

/**
 * Reads every backup of a directory to its end by `read`. Throws an ApiError where that of the server or of the cloud side is not
 * whole; a stack whose backup is not is told of.
 */
export async function readBackups(
  directory: string,
  read: Record<'server' | 'cloud', (path: string) => Promise<Contents>> = {
    server: readArchive,
    cloud: readArchive,
  },
): Promise<Backups> {
  const manifest = await readManifest(directory);
  const contentsOf = async (
    { file, rows, madeAt }: Manifest['server'],
    readOne: (path: string) => Promise<Contents>,
  ): Promise<Contents> => {
    const path = join(directory, file);
    if (!existsSync(path)) throw noBackups(directory, `${file} is not there`);
    const contents = await readOne(path);
    if (contents.rows === rows && contents.madeAt === madeAt) return contents;
    throw noBackups(directory, `${file} is not the one that ${MANIFEST} tells of`);
  };
  const server = await contentsOf(manifest.server, read.server);
  const cloud = await contentsOf(manifest.cloud, read.cloud);
  const stacks: Backups['stacks'] = [];
  const failed: Failed[] = [...manifest.missing];
  for (const stack of manifest.stacks) {
    const { id, slug, file } = stack;
    try {
      stacks.push({ id, slug, file: join(directory, file), contents: await contentsOf(stack, read.server) });
    } catch (error) {
      failed.push({ id, slug, reason: reasonOf(error) });
    }
  }
  return { directory, manifest, server, cloud, stacks, failed };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Said by the caller.
    return undefined;
  }
}

function noBackups(directory: string, why: string): ApiError {
  return badRequest(
    'Name a file or directory that "latchkey backup" wrote. Nothing was changed.',
    `${directory} is no backup of Latchkey: ${why}`,
  );
}
