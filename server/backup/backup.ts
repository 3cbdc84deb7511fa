import { existsSync, readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Config } from '../config/config.ts';
import { inWords } from '../database-words.ts';
import { type Snapshot, withSnapshot } from '../db/snapshot.ts';
import { badRequest } from '../errors.ts';
import { type Contents, readArchive, type TableToWrite, writeArchive } from './archive.ts';
import { inNewFile } from './new-file.ts';

export interface BackupOptions {
  /** Puts what encrypts the stored secrets into the file as well. */
  withSecretKey: boolean;
  /** Takes the place of a file that is there already. */
  replace: boolean;
  onProgress: (done: number, total: number) => void;
  signal?: AbortSignal;
}

export interface Backup extends Contents {
  file: string;
  bytes: number;
}

/**
 * Writes all that is in the database, as it was at one moment, into a file that only its owner may read; servers go on meanwhile.
 * The file is there once it is whole, on disk, and was read again; else there is none. Throws an ApiError that says what to do.
 */
export async function backUp(config: Config, path: string, options: BackupOptions): Promise<Backup> {
  const file = resolve(path);
  if (!options.replace) requireNew(file);
  requireDirectory(dirname(file));
  requireDatabase(config);
  const secretKey = options.withSecretKey ? { secretKey: secretKeyOf(config) } : {};
  const written = async (partial: string): Promise<Contents & { bytes: number }> => {
    await withSnapshot(config, async (snapshot) => {
      if (snapshot.steps.length === 0) throw noDatabase(config);
      const heading = { madeAt: new Date().toISOString(), steps: snapshot.steps, ...secretKey };
      await writeArchive(partial, heading, tablesIn(snapshot, options.onProgress), options.signal);
    }).catch((error: unknown) => {
      throw inWords(error, config);
    });
    const contents = await readArchive(partial);
    const { size } = await stat(partial);
    return { ...contents, bytes: size };
  };
  const requirePlace = (): void => {
    if (!options.replace) requireNew(file);
  };
  return { file, ...(await inNewFile(file, written, requirePlace)) };
}

/** The secret key that is configured, else that in the data directory; '' where there is none. */
export function knownSecretKey({ security, paths }: Config): string {
  if (security.secret_key !== '') return security.secret_key;
  const path = join(paths.data, 'secret-key');
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : '';
}

async function* tablesIn(
  snapshot: Snapshot,
  onProgress: BackupOptions['onProgress'],
): AsyncGenerator<TableToWrite> {
  let [total, done] = [0, 0];
  for (const table of snapshot.tables) total += await snapshot.count(table);
  const lastIds = await snapshot.lastIds();
  for (const table of snapshot.tables) {
    yield {
      ...table,
      rows: counted(snapshot.rowsOf(table), (count) => onProgress((done += count), total)),
      // In PostgreSQL they are not of the snapshot: what was given out meanwhile is not given out again either.
      lastId: () => Promise.resolve(lastIds.get(table.name) ?? null),
    };
  }
}

async function* counted<T>(batches: AsyncIterable<T[]>, tell: (count: number) => void): AsyncGenerator<T[]> {
  for await (const batch of batches) {
    yield batch;
    tell(batch.length);
  }
}

function requireNew(file: string): void {
  if (existsSync(file)) throw badRequest('Give --replace, or another name.', `${file} is there already`);
}

export function requireDirectory(directory: string): void {
  if (!existsSync(directory))
    throw badRequest(`Make it first: mkdir -p ${directory}`, `there is no directory ${directory}`);
}

// To open it would make it.
function requireDatabase(config: Config): void {
  const { type, path } = config.database;
  if (type === 'sqlite' && !existsSync(path)) throw noDatabase(config);
}

function noDatabase({ database }: Config) {
  const where = database.type === 'sqlite' ? database.path : 'the PostgreSQL database';
  return badRequest(
    'Check [database] and [paths] data in the configuration: "latchkey config" shows what is in force.',
    `there is nothing of Latchkey in ${where}`,
  );
}

function secretKeyOf(config: Config): string {
  const key = knownSecretKey(config);
  if (config.security.previous_secret_key !== '')
    throw badRequest(
      'Run "latchkey reencrypt-secrets" and take [security] previous_secret_key away first.',
      'the stored secrets may be under two keys, and a backup holds one',
    );
  if (key === '')
    throw badRequest('Start the server once, or set [security] secret_key.', 'there is no secret key yet');
  return key;
}
