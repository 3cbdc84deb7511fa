import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { sql } from 'kysely';
import { readArchive } from '../backup/archive.ts';
import { backUp, type BackupOptions, requireDirectory } from '../backup/backup.ts';
import { type Failed, reasonOf } from '../backup/failed.ts';
import {
  type BackupOfAll,
  type Backups,
  isDirectory,
  MANIFEST,
  readManifest,
  type RestoredAll,
} from '../backup/manifest.ts';
import type { Manifest } from '../backup/manifest-shape.ts';
import { syncDirectory } from '../backup/new-file.ts';
import { inDatabase } from '../backup/place.ts';
import { queryOf, restore, type RestoreOptions, restoreTables, setLastId } from '../backup/restore.ts';
import type { Config } from '../config/config.ts';
import type { RequestContext } from '../context.ts';
import { lastIdsOf, tablesOf } from '../db/tables.ts';
import { badRequest } from '../errors.ts';
import {
  cloudDatabase,
  databaseExists,
  ensureDatabase,
  removeDatabase,
  stackDatabase,
  stacksWithDatabase,
} from './databases.ts';
import { migrateCloud } from './db/migrate.ts';
import type { StackRow } from './db/schema.ts';
import { configOfStack } from './stack-config.ts';

/** How far each database has come, by what it is called. */
export type ProgressOf = (what: string) => BackupOptions['onProgress'];

type BackupOfAllOptions = Omit<BackupOptions, 'onProgress'> & { progressOf: ProgressOf };
type RestoreOfAllOptions = Omit<RestoreOptions, 'onProgress'> & { progressOf: ProgressOf };

/**
 * Writes backups of the server's database, of the cloud side's and of each stack's into a new directory, each as it was at one moment;
 * servers go on meanwhile. Which stacks there are is what the cloud side's backup says. A stack that cannot be backed up is left out
 * and told of. Throws an ApiError, and leaves nothing behind, where another database cannot.
 */
export async function backUpAll(
  config: Config,
  path: string,
  { withSecretKey, replace, progressOf, ...options }: BackupOfAllOptions,
): Promise<BackupOfAll> {
  const directory = resolve(path);
  await requirePlace(directory, replace);
  requireDirectory(dirname(directory));
  const partial = `${directory}.${randomUUID().slice(0, 8)}.partial`;
  let bytes = 0;
  try {
    await mkdir(partial, { mode: 0o700 });
    const one = async (database: Config['database'], file: string, what: string) => {
      const done = await backUp({ ...config, database }, join(partial, file), {
        ...options,
        replace: false,
        // Stacks have the key of their server.
        withSecretKey: withSecretKey && database === config.database,
        onProgress: progressOf(what),
      });
      bytes += done.bytes;
      return { file, rows: done.rows, madeAt: done.madeAt };
    };
    const server = await one(config.database, 'server.backup', 'the server');
    const cloud = await one(cloudDatabase(config.database), 'cloud.backup', 'the cloud side');
    const [stacks, missing]: [Manifest['stacks'], Failed[]] = [[], []];
    for (const { id, slug, deleted_at } of await keptStacksIn(join(partial, cloud.file))) {
      const database = stackDatabase(config.database, id);
      try {
        // Removed by now, or never made.
        if (deleted_at !== null && !(await databaseExists(config.database, database))) continue;
        stacks.push({ id, slug, ...(await one(database, `stack-${id}.backup`, `the stack ${slug}`)) });
      } catch (error) {
        options.signal?.throwIfAborted();
        missing.push({ id, slug, reason: reasonOf(error) });
      }
    }
    const manifest: Manifest = {
      format: 'latchkey-backups',
      version: 1,
      madeAt: server.madeAt,
      server,
      cloud,
      stacks,
      missing,
    };
    await writeFile(join(partial, MANIFEST), `${JSON.stringify(manifest, undefined, 2)}\n`, {
      mode: 0o600,
      flush: true,
    });
    await syncDirectory(partial);
    return {
      directory: await putInPlace(partial, directory, replace, missing.length === 0),
      manifest,
      bytes,
    };
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/**
 * Puts backups of all databases where they belong, each in one transaction: the server's, the stacks', then the cloud side's. A stack
 * without a whole backup keeps the database it has; where it has none it is suspended, so that nobody is let into an empty one.
 * Throws an ApiError where the server's or the cloud side's does not go in.
 */
export async function restoreAll(
  config: Config,
  backups: Backups,
  { progressOf, ...options }: RestoreOfAllOptions,
): Promise<RestoredAll> {
  const { directory, manifest } = backups;
  const { database } = config;
  const before = await stacksWithDatabase(database);
  const ofCloud = cloudDatabase(database);
  if (!options.replace && (before.length > 0 || (await databaseExists(database, ofCloud))))
    throw hasCloudSide();

  const server = await inDatabase(config, (context) =>
    restore(context, join(directory, manifest.server.file), backups.server, {
      ...options,
      onProgress: progressOf('the server'),
    }),
  );
  const upgraded = new Set(server.upgraded);
  const stacks: RestoredAll['stacks'] = [];
  const failed = [...backups.failed];
  const cloudFile = join(directory, manifest.cloud.file);
  const kept = await keptStacksIn(cloudFile);
  for (const { id, slug, file, contents } of backups.stacks) {
    try {
      const row = kept.find((each) => each.id === id);
      if (row === undefined) throw new Error('the backup of the cloud side does not know it');
      const own = configOfStack(config, row);
      await ensureDatabase(database, own.database);
      const done = await inDatabase(own, (context) =>
        restore(context, file, contents, { ...options, onProgress: progressOf(`the stack ${slug}`) }),
      );
      for (const step of done.upgraded) upgraded.add(step);
      stacks.push({ id, slug, rows: done.rows });
    } catch (error) {
      failed.push({ id, slug, reason: reasonOf(error) });
      // In PostgreSQL it was made for this, and would be taken for that of a new stack.
      if (!before.includes(id)) await removeDatabase(database, stackDatabase(database, id));
    }
  }

  const without = failed.filter(({ id }) => !before.includes(id));
  await ensureDatabase(database, ofCloud);
  const steps = await inDatabase(withoutTrail({ ...config, database: ofCloud }), (context) =>
    restoreCloud(context, cloudFile, backups, {
      ...options,
      lastStack: Math.max(0, ...before),
      without: without.map(({ id }) => id),
      onProgress: progressOf('the cloud side'),
    }),
  );
  for (const step of steps) upgraded.add(step);
  // Else a stack that is made later would find what another one left.
  for (const id of before.filter((each) => !kept.some((stack) => stack.id === each))) {
    await removeDatabase(database, stackDatabase(database, id));
  }
  return {
    rows: server.rows + backups.cloud.rows + stacks.reduce((sum, { rows }) => sum + rows, 0),
    madeAt: manifest.madeAt,
    upgraded: [...upgraded],
    stacks,
    failed,
    suspended: without.map(({ slug }) => slug),
  };
}

interface CloudOptions extends Pick<RestoreOptions, 'replace' | 'onProgress'> {
  /** The highest id that a stack has had here. */
  lastStack: number;
  /** The ids of stacks that have no database. */
  without: number[];
}

function restoreCloud(
  { db, config, now, peers }: RequestContext,
  file: string,
  { cloud }: Backups,
  { lastStack, without, ...options }: CloudOptions,
): Promise<string[]> {
  const { type } = config.database;
  const bringUpToDate = migrateCloud as unknown as Parameters<typeof restoreTables>[5];
  return db.transaction().execute(async (transaction) => {
    const lastId = async () => (await lastIdsOf(queryOf(transaction), type)).get('stack') ?? 0;
    const isThere = (await tablesOf(queryOf(transaction), type)).some(({ name }) => name === 'stack');
    const had = isThere ? await lastId() : 0;
    const upgraded = await restoreTables(file, cloud, transaction, type, options, bringUpToDate);
    // What was made after the backup had ids too, and a server that runs may still know them.
    const last = Math.max(await lastId(), had, lastStack);
    if (last > 0) await setLastId(transaction, type, 'stack', last);
    for (const id of without) {
      await sql`update stack set suspended_at = coalesce(suspended_at, ${now()}) where id = ${id}`.execute(
        transaction,
      );
    }
    await peers?.tell(transaction, 'all');
    return upgraded;
  });
}

/** The stacks that a backup of the cloud side tells of, but for those whose data was removed for good. */
async function keptStacksIn(file: string): Promise<StackRow[]> {
  const found: StackRow[] = [];
  await readArchive(file, {
    rows: ({ name, columns }, rows) => {
      const cells = rows.map((row) => Object.fromEntries(columns.map((column, at) => [column, row[at]])));
      if (name === 'stack') found.push(...(cells as unknown as StackRow[]));
      return Promise.resolve();
    },
  });
  return found.filter(({ removed_at }) => removed_at === null);
}

async function requirePlace(directory: string, replace: boolean): Promise<void> {
  if (!existsSync(directory)) return;
  if (!replace) throw badRequest('Give --replace, or another name.', `${directory} is there already`);
  if (isDirectory(directory)) return void (await readManifest(directory));
  throw badRequest(
    'Give another name: with stacks, a backup is a directory.',
    `${directory} is a file, and is kept`,
  );
}

/** Gives a backup its name. One that is not whole takes nobody's place, but for that of another such. */
async function putInPlace(
  partial: string,
  directory: string,
  replace: boolean,
  isWhole: boolean,
): Promise<string> {
  await requirePlace(directory, replace);
  const target = existsSync(directory) && !isWhole ? `${directory}.incomplete` : directory;
  await requirePlace(target, true);
  const old = `${target}.${basename(partial).split('.').at(-2)}.replaced`;
  if (existsSync(target)) await rename(target, old);
  await rename(partial, target);
  await syncDirectory(dirname(target));
  await rm(old, { recursive: true, force: true });
  return target;
}

// What is restored there is not the server's to record.
function withoutTrail(config: Config): Config {
  return { ...config, audit: { ...config.audit, file: '', syslog: '' } };
}

function hasCloudSide() {
  return badRequest(
    'Give --replace to delete all of them first, or name an empty place.',
    'there are databases of a cloud side or of stacks already',
  );
}
