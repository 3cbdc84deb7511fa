import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Kysely, sql } from 'kysely';
import { ensureDirectory } from '../db/directory.ts';
import type { RequestContext } from '../context.ts';
import type { DatabaseType } from '../db/migrations/column-types.ts';
import { migrate, unknownSteps } from '../db/migrations/index.ts';
import type { Schema } from '../db/schema.ts';
import { type Cell, type Query, type Table, tablesOf } from '../db/tables.ts';
import { type ApiError, badRequest } from '../errors.ts';
import { recordChange } from '../modules/audit/audit.ts';
import { forgetSecretKey, holdsSecrets, secretKeyFits } from '../modules/secret-key/secret-key.ts';
import { type Contents, readArchive } from './archive.ts';

export interface RestoreOptions {
  /** Deletes whatever is in the database first. */
  replace: boolean;
  /** Goes on where the secret key is not the one that the stored secrets are under. */
  withOtherKey: boolean;
  /** Whether the secret key in force is one, be it the server's or the backup's. */
  hasKey: boolean;
  onProgress: (done: number, total: number) => void;
}

export interface Restored extends Contents {
  /** The steps by which what was restored was brought up to date. */
  upgraded: string[];
}

type Database = Kysely<Schema>;

// Of both databases, with much to spare.
const MOST_PARAMETERS = 10_000;

const OR_LOSE_THEM =
  '--with-other-key restores all the same, and "latchkey reencrypt-secrets --forget-unreadable" then clears what cannot be read. ' +
  'Nothing was changed.';

/**
 * Puts what a backup holds into the database, of either kind, and brings it up to date; all in one transaction, so that the
 * database is either as it was or whole. Throws an ApiError that says what to do.
 */
export async function restore(
  context: RequestContext,
  file: string,
  contents: Contents,
  { replace, withOtherKey, hasKey, onProgress }: RestoreOptions,
): Promise<Restored> {
  const { type } = context.config.database;
  return context.db.transaction().execute(async (db) => {
    const upgraded = await restoreTables(file, contents, db, type, { replace, onProgress });
    const inside = { ...context, db };
    const isSealed = await holdsSecrets(inside);
    // Nothing is under the key of before, so that the one in force will do, or the one that the server makes itself at its start.
    if (!isSealed) await forgetSecretKey(inside);
    const fits = hasKey && (await secretKeyFits(inside));
    if (isSealed && !fits && !withOtherKey) throw hasKey ? wrongKey() : noKey();
    const change = { madeAt: contents.madeAt, rows: contents.rows };
    await recordChange(inside, {
      action: 'server:restore',
      kind: 'server',
      id: 0,
      name: '',
      orgId: null,
      change,
    });
    await context.peers?.tell(db, 'all');
    return { ...contents, upgraded };
  });
}

/** Empties a database, fills it, and brings it up to date by the steps that are given; says which. To be called within a transaction. */
export async function restoreTables(
  file: string,
  contents: Contents,
  db: Database,
  type: DatabaseType,
  { replace, onProgress }: Pick<RestoreOptions, 'replace' | 'onProgress'>,
  bringUpToDate: typeof migrate = migrate,
): Promise<string[]> {
  await empty(db, await tablesOf(queryOf(db), type), replace);
  await fillFrom(file, contents, db, type, onProgress, bringUpToDate);
  return bringUpToDate(db, type);
}

/** Puts what a backup holds into an empty database, at the steps that it was of. To be called within a transaction. */
export async function fillFrom(
  file: string,
  contents: Contents,
  db: Database,
  type: DatabaseType,
  onProgress: RestoreOptions['onProgress'] = () => {},
  bringUpToDate: typeof migrate = migrate,
): Promise<void> {
  await bringUpToDate(db, type, contents.steps);
  const known = new Map((await tablesOf(queryOf(db), type)).map((table) => [table.name, table]));
  let done = 0;
  await readArchive(file, {
    async rows(table, rows) {
      requireKnown(file, known, table);
      await insertRows(db, table, rows);
      onProgress((done += rows.length), contents.rows);
    },
    async tableEnd(table, lastId) {
      requireKnown(file, known, table);
      if (lastId !== null) await setLastId(db, type, table.name, lastId);
    },
  });
}

/** What is in a backup, once it was read to its end. Throws an ApiError for one that this version does not understand. */
export async function readForRestoring(file: string, unknownIn = unknownSteps): Promise<Contents> {
  const contents = await readArchive(file);
  const unknown = unknownIn(contents.steps);
  if (unknown.length === 0) return contents;
  throw badRequest(
    'Restore it with that version, or a later one. Nothing was changed.',
    `${file} is of a newer Latchkey (${unknown.join(', ')})`,
  );
}

/** Keeps the secret key that a backup brought where a server finds it, unless there is one. */
export function keepSecretKey(dataDirectory: string, secretKey: string): void {
  const path = join(dataDirectory, 'secret-key');
  if (existsSync(path)) return;
  ensureDirectory(dataDirectory);
  writeFileSync(path, secretKey, { mode: 0o600, flag: 'wx', flush: true });
}

export function queryOf(db: Database): Query {
  return async (text) => {
    const { rows } = await sql.raw<object>(text).execute(db);
    return rows.map((row) => Object.values(row));
  };
}

async function empty(db: Database, tables: readonly Table[], replace: boolean): Promise<void> {
  if (tables.length > 0 && !replace) throw notEmpty();
  for (const { name } of tables.toReversed()) await db.schema.dropTable(name).execute();
}

async function insertRows(db: Database, { name, columns }: Table, rows: readonly Cell[][]): Promise<void> {
  const atOnce = Math.floor(MOST_PARAMETERS / columns.length);
  const names = sql.join(columns.map((column) => sql.ref(column)));
  for (let start = 0; start < rows.length; start += atOnce) {
    const values = rows.slice(start, start + atOnce).map((row) => sql`(${sql.join(row)})`);
    await sql`insert into ${sql.table(name)} (${names}) values ${sql.join(values)}`.execute(db);
  }
}

/** So that the ids of what is gone are not given out again. */
export async function setLastId(
  db: Database,
  type: DatabaseType,
  table: string,
  last: number,
): Promise<void> {
  if (type === 'postgres') {
    await sql`select setval(pg_get_serial_sequence(${`"${table}"`}, 'id'), ${last})`.execute(db);
    return;
  }
  await sql`delete from sqlite_sequence where name = ${table}`.execute(db);
  await sql`insert into sqlite_sequence (name, seq) values (${table}, ${last})`.execute(db);
}

function requireKnown(file: string, known: ReadonlyMap<string, Table>, { name, columns }: Table): void {
  const missing = columns.find((column) => !known.get(name)?.columns.includes(column));
  if (known.has(name) && missing === undefined) return;
  throw badRequest(
    'It was made of a database that something else had changed. Nothing was changed.',
    `${file} holds ${missing === undefined ? name : `${name}.${missing}`}, which its version does not have`,
  );
}

export function notEmpty(): ApiError {
  return badRequest(
    'Give --replace to delete everything that is in it first, or name an empty database.',
    'the database is not empty',
  );
}

function wrongKey(): ApiError {
  return badRequest(
    `Exchange the secret key for that of the server that it is of: [security] secret_key or, where that is empty, the file secret-key in the data directory. ${OR_LOSE_THEM}`,
    'the secrets in the backup are under another secret key',
  );
}

function noKey(): ApiError {
  return badRequest(
    `Put the file secret-key of the server that it is of into the data directory first, or set [security] secret_key. ${OR_LOSE_THEM}`,
    'the backup holds secrets of data sources or of signing in, and there is no secret key to read them with',
  );
}
