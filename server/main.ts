import { availableParallelism, constants } from 'node:os';
import { join } from 'node:path';
import { backUp, type Backup, type BackupOptions, knownSecretKey } from './backup/backup.ts';
import { type BackupOfAll, isOfAll, readBackups, type RestoredAll } from './backup/manifest.ts';
import { inDatabase } from './backup/place.ts';
import {
  keepSecretKey,
  readForRestoring,
  restore,
  type Restored,
  type RestoreOptions,
} from './backup/restore.ts';
import type { ProgressOf } from './cloud/backups.ts';
import type { onEveryStack } from './cloud/every-stack.ts';
import { type Config, describeConfig, loadConfig } from './config/config.ts';
import type { ConfigRow } from './config/config.ts';
import type { Overrides } from './config/settings.ts';
import type { RequestContext } from './context.ts';
import { inWords, whereItIs } from './database-words.ts';
import { keepGarbageLow } from './garbage.ts';
import { keepTick } from './kept-tick.ts';
import { createLog, type Log } from './log.ts';
import { asOperator } from './operator.ts';
import { ownCommand } from './own-command.ts';
import { announceOutsideChange } from './outside-changes.ts';
import { requireDatabase } from './require-database.ts';
import { generatedSecretKey } from './secret-key.ts';
import { rehearse } from './rehearsal.ts';
import { openContext, type Server, startServer, STOPPED } from './server.ts';
import { requireSoleServer } from './sole-server.ts';
import { welcome } from './welcome.ts';

export interface Options {
  /** Read instead of conf/latchkey.ini. */
  configFile?: string | undefined;
}

const LINGERING_MS = 500;
const NOTHING_TO_RELOAD =
  'nothing to reload on SIGHUP: there is no log file, no file of the record of changes and no certificate; settings are read by a restart';
// By this variable a process knows that it is one of several that serve together.
const WORKER = 'LATCHKEY_WORKER';
// As bin/run-on-node-24.js starts a server that is alone.
const RETURNING_MEMORY = { MALLOC_MMAP_THRESHOLD_: '16384' };

// In a checkout, what is relative starts at its root; an installed package works where it is called.
const home = import.meta.filename.endsWith('.ts') ? join(import.meta.dirname, '..') : process.cwd();

/** What is in force and where each value came from, and what was odd about it. Throws a ConfigError for a wrong value. */
export function readSettings({ configFile }: Options): { rows: ConfigRow[]; warnings: string[] } {
  const { entries, warnings } = loadConfig({ home, configFile, env: process.env });
  return { rows: describeConfig(entries), warnings };
}

/** Where the database is that a command works on: the file, or of PostgreSQL its hosts, its name and its user. */
export function databaseIn(options: Options): string {
  return whereItIs(load(options).config);
}

/** Serves until it is told to stop by SIGINT or SIGTERM. Told a second time, or while it starts, it ends at once. */
export async function serve(options: Options): Promise<void> {
  keepTick();
  // A command ends when nobody reads its output any more; a server goes on.
  for (const console of [process.stdout, process.stderr]) {
    console.removeAllListeners('error').on('error', () => undefined);
  }
  if (process.env[WORKER] !== undefined) return serveAsWorker();
  const loaded = readConfig(options);
  const { config, warnings, entries } = loaded;
  requireSoleServer(config);
  const count = config.server.workers || availableParallelism();
  if (count > 1) return serveByWorkers(count, loaded, options);
  const stop = watchSignals();
  const server = await startServer(config);
  const { log } = server.context;
  keepLogWhole(log);
  obeyHangup(reloadsOf(server), log);
  for (const warning of warnings) log.warn(warning);
  // Before it says that it listens: whoever reads that may stop it at once.
  stop.isAwaited = true;
  process.stdout.write(welcome(server, config, ownCommand(entries, options.configFile)));
  // A fifth of what a start takes is garbage by now, and V8 would size the heap by it.
  void keepGarbageLow();
  log.info(`stopping on ${await stop.signal}`);
  await server.stop();
  // Where something is still open, such as a connection to a database that does not answer.
  setTimeout(() => process.exit(), LINGERING_MS).unref();
}

/** The same by several processes: this one starts them, and serves nobody itself. */
async function serveByWorkers(
  count: number,
  { config, warnings, entries }: ReturnType<typeof loadConfig>,
  { configFile }: Options,
): Promise<void> {
  const stop = watchSignals();
  const { startWorkers } = await import('./workers/primary.ts');
  const workers = await startWorkers({
    config,
    count,
    env: { ...RETURNING_MEMORY, ...process.env, [WORKER]: '1' },
  });
  if (typeof workers === 'number') return void (process.exitCode = workers);
  const { log } = workers;
  keepLogWhole(log);
  process.on('exit', workers.kill);
  const hasReloads =
    log.outputs.has('file') || config.audit.file !== '' || config.server.protocol === 'https';
  obeyHangup([...reopening(log), ...(hasReloads ? [workers.hangUp] : [])], log);
  log.info(`${count} workers serve at ${workers.url}`);
  for (const warning of warnings) log.warn(warning);
  stop.isAwaited = true;
  process.stdout.write(welcome(workers, config, ownCommand(entries, configFile)));
  log.info(`stopping on ${await stop.signal}`);
  await workers.stop();
  log.info(STOPPED);
  for (const output of log.outputs.values()) await output.close?.();
  setTimeout(() => process.exit(), LINGERING_MS).unref();
}

/** One of them. Signals are for the process that started it: a terminal and systemd send theirs to all. */
async function serveAsWorker(): Promise<void> {
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => undefined);
  const { meetPrimary } = await import('./workers/worker.ts');
  const primary = await meetPrimary();
  const server = await startServer(primary.job.config, { primary }).catch((error: unknown) => {
    primary.leave();
    throw error;
  });
  keepLogWhole(server.context.log);
  obeyHangup(reloadsOf(server));
  primary.onReopen(() => server.context.log.outputs.get('file')?.reopen?.());
  primary.listens(server);
  void keepGarbageLow();
  await primary.stop;
  await server.stop();
  process.exit();
}

// From the first moment: the first process of a container is not ended by a signal that it does not listen to.
function watchSignals(): { signal: Promise<NodeJS.Signals>; isAwaited: boolean } {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
  const stop = { signal: promise, isAwaited: false };
  // While it starts, what it would have to read anew is just being read.
  process.on('SIGHUP', () => undefined);
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (!stop.isAwaited) process.exit(128 + constants.signals[name]);
      stop.isAwaited = false;
      resolve(name);
    });
  }
  return stop;
}

/** Brings the database up to date without serving; says which steps it took. */
export async function bringUpToDate(options: Options): Promise<string[]> {
  const { steps, close } = await openForCommand(readConfig(options).config);
  await close();
  return steps;
}

/**
 * Runs a change on the database that a server has begun, brought up to date; servers that run beside it are told. Throws a ConfigError,
 * and makes nothing, where there is none. What does not seal secrets needs no key, and makes none.
 */
export async function changeFromOutside<T>(
  options: Options,
  { seals }: { seals: boolean },
  work: (context: RequestContext) => Promise<T>,
): Promise<T> {
  const { config } = load(options);
  await requireDatabase(config);
  const secret_key = knownSecretKey(config) || 'none is needed';
  return change(
    seals ? readConfig(options).config : load(options, { security: { secret_key } }).config,
    work,
  );
}

/** The same on a new database too, with a key. */
export function beginFromOutside<T>(
  options: Options,
  work: (context: RequestContext) => Promise<T>,
): Promise<T> {
  return change(readConfig(options).config, work);
}

async function change<T>(config: Config, work: (context: RequestContext) => Promise<T>): Promise<T> {
  const { context, close } = await openForCommand(config);
  try {
    const result = await work(asOperator(context));
    tellOthers(context.config);
    return result;
  } finally {
    await close();
  }
}

/** Runs a change on a throw-away copy of what is in the database, to see what it would do; nothing is changed. */
export function rehearseFromOutside<T>(
  options: Options,
  work: (context: RequestContext) => Promise<T>,
): Promise<T> {
  // Nothing sealed is kept, so any key will do, and none is made.
  const { config } = load(options, { security: { secret_key: 'for a rehearsal' } });
  return rehearse(forCommand(config), { console: process.stderr }, (context) => work(asOperator(context)));
}

/** How far work has come with each database, by what it is called. */
interface Shown {
  progressOf: ProgressOf;
}

/**
 * Writes a backup of the database into a file, or with a cloud side of all databases into a directory, while servers go on. SIGINT and
 * SIGTERM end it, and leave nothing behind.
 */
export async function backUpTo(
  options: Options,
  path: string,
  { progressOf, ...how }: Omit<BackupOptions, 'signal' | 'onProgress'> & Shown,
): Promise<Backup | BackupOfAll> {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());
  const { signal } = stop;
  const { config } = load(options);
  if (!(await hasCloudSide(config)))
    return backUp(config, path, { ...how, signal, onProgress: progressOf('') });
  const { backUpAll } = await import('./cloud/backups.ts');
  return backUpAll(config, path, { ...how, signal, progressOf });
}

/** Puts a backup into the database, or one of all databases, from another kind as well; servers that run beside it are told. */
export async function restoreFrom(
  options: Options,
  path: string,
  { progressOf, ...how }: Omit<RestoreOptions, 'hasKey' | 'onProgress'> & Shown,
): Promise<Omit<Restored, 'secretKey'> | RestoredAll> {
  if (!isOfAll(path)) {
    const contents = await readForRestoring(path);
    const { secretKey: _secretKey, ...done } = await restoring(
      options,
      contents.secretKey,
      (config, hasKey) =>
        inDatabase(config, (context) =>
          restore(context, path, contents, { ...how, hasKey, onProgress: progressOf('') }),
        ),
    );
    return done;
  }
  const { restoreAll } = await import('./cloud/backups.ts');
  const { unknownCloudSteps } = await import('./cloud/db/migrate.ts');
  const backups = await readBackups(path, {
    server: readForRestoring,
    cloud: (file) => readForRestoring(file, unknownCloudSteps),
  });
  return restoring(options, backups.server.secretKey, (config, hasKey) =>
    restoreAll(config, backups, { ...how, hasKey, progressOf }),
  );
}

/** Restores by the configuration with the secret key in force, which is kept where it is the backup's. */
async function restoring<T>(
  options: Options,
  ofBackup: string | undefined,
  work: (config: Config, hasKey: boolean) => Promise<T>,
): Promise<T> {
  const { config } = load(options);
  const known = knownSecretKey(config);
  const key = known || ofBackup;
  // Any will do where nothing is under one.
  const overrides = { security: { secret_key: key ?? 'there is none' }, database: { query_timeout: '0s' } };
  const placed = forCommand(load(options, overrides).config);
  const done = await work(placed, key !== undefined);
  if (known === '' && ofBackup !== undefined) keepSecretKey(config.paths.data, ofBackup);
  tellOthers(placed);
  return done;
}

/** Runs a change on the database of each stack, brought up to date; servers that run beside it are told. Needs the secret key in force. */
export async function changeStacksFromOutside<T>(
  options: Options,
  work: (context: RequestContext) => Promise<T>,
  onProgress: (done: number, total: number) => void,
): ReturnType<typeof onEveryStack<T>> {
  const config = forCommand(readConfig(options).config);
  if (!(await hasCloudSide(config))) return { done: [], failed: [] };
  const stacks = await import('./cloud/every-stack.ts');
  const outcome = await stacks.onEveryStack(config, work, onProgress);
  tellOthers(config);
  return outcome;
}

async function hasCloudSide(config: Config): Promise<boolean> {
  const { cloudDatabase, databaseExists } = await import('./cloud/databases.ts');
  try {
    return await databaseExists(config.database, cloudDatabase(config.database));
  } catch (error) {
    throw inWords(error, config);
  }
}

/** Has SIGHUP do this, and never end the server. Where there is nothing to do the log says so. */
function obeyHangup(reloads: readonly (() => void)[], log?: Log): void {
  process.on('SIGHUP', () => {
    if (reloads.length === 0) log?.info(NOTHING_TO_RELOAD);
    for (const reload of reloads) reload();
  });
}

/** What is looked for anew: the log file, the file of the record of changes and the certificate, where there is one of them. */
function reloadsOf({ context: { config, log, trail }, app, cloud }: Server): (() => void)[] {
  return [
    ...reopening(log),
    ...(trail && config.audit.file !== '' ? [trail.reopen, () => cloud?.reopenTrail()] : []),
    ...(app.certificate ? [() => app.reloadCertificate()] : []),
    ...(app.certificate && cloud ? [() => cloud.reloadCertificate()] : []),
  ];
}

function reopening({ outputs }: Log): (() => void)[] {
  return [...outputs.values()].flatMap(({ reopen }) => reopen ?? []);
}

/** Makes a cloud organization and its first key; the secret is nowhere else. Throws an ApiError where there is one of that name. */
export async function beginCloud(
  options: Options,
  wanted: { org: string; key: string },
): Promise<{ slug: string; token: string; isNew: boolean; isEnabled: boolean }> {
  // Nothing is sealed there, so any key will do, and none is made.
  const { config } = load(options, { security: { secret_key: 'none is needed' } });
  const { initCloud } = await import('./cloud/init.ts');
  return { ...(await initCloud(forCommand(config), wanted)), isEnabled: config.cloud.enabled };
}

/** Has the last lines written however the process ends. */
function keepLogWhole(log: Log): void {
  process.on('uncaughtExceptionMonitor', (error) =>
    log.fatal({ err: error }, 'the server stops on an error'),
  );
  process.once('exit', () => {
    for (const output of log.outputs.values()) output.flush?.();
  });
}

function tellOthers(config: Config): void {
  try {
    announceOutsideChange(config.paths.data);
  } catch (error) {
    // The change itself is made.
    createLog(config, { console: process.stderr }).error(
      { err: error },
      'servers that are running could not be told of the change: restart them',
    );
  }
}

function openForCommand(config: Config): ReturnType<typeof openContext> {
  // Standard output belongs to the command.
  return openContext(forCommand(config), { console: process.stderr });
}

/** The log file and the traces are the server's: a command that runs beside it says on the console what it has to say. */
function forCommand(config: Config): Config {
  const tracing = 'tracing.opentelemetry.otlp';
  return {
    ...config,
    log: { ...config.log, mode: ['console'] },
    [tracing]: { ...config[tracing], address: '' },
  };
}

function readConfig(options: Options): ReturnType<typeof loadConfig> {
  const loaded = load(options);
  const { config } = loaded;
  if (config.security.secret_key !== '') return loaded;
  const secret_key = generatedSecretKey(config.paths.data);
  return { ...loaded, config: load(options, { security: { secret_key } }).config };
}

function load({ configFile }: Options, overrides: Overrides = {}): ReturnType<typeof loadConfig> {
  return loadConfig({ home, configFile, env: process.env, overrides });
}
