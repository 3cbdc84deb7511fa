import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { doChores } from './chores.ts';
import type { Cloud } from './cloud/cloud.ts';
import type { App } from './http/app-type.ts';
import { ConfigError } from './config/config-error.ts';
import type { Config } from './config/config.ts';
import { parseRedisAddress } from './config/redis-address.ts';
import type { Context } from './context.ts';
import { createSeal } from './crypto/seal.ts';
import { troubleOf } from './db/errors.ts';
import { postgresConnection } from './db/postgres.ts';
import { migrate, stepsOf, unknownSteps } from './db/migrations/index.ts';
import { refuseNewer } from './db/migrations/newer.ts';
import { type OnStatement, openDatabase } from './db/open.ts';
import { inWords, whereItIs } from './database-words.ts';
import { type FirstRun, lookForDefaultPassword, prepareFirstRun } from './first-run.ts';
import { createLimits, type SharedLimits } from './limits.ts';
import { createLog, type Log } from './log.ts';
import { createMemory } from './memory.ts';
import { peersOnPostgres } from './peers/postgres.ts';
import { writeNoted } from './modules/audit/noted.ts';
import { writeCredentialUses } from './modules/credentials/credentials.ts';
import { writeCallers } from './modules/key-inventory/callers.ts';
import { secretKeyFits } from './modules/secret-key/secret-key.ts';
import { writeSessionUses } from './modules/sessions/sessions.ts';
import { KnownCredentials } from './modules/credentials/known-credentials.ts';
import { noRequests } from './modules/usage/tallies.ts';
import { writeRequests } from './modules/usage/written.ts';
import { writeUserUses } from './modules/users/last-seen.ts';
import { watchOutsideChanges } from './outside-changes.ts';
import { openTrail } from './trail/trail.ts';
import { startTracing, type Tracing } from './tracing/tracing.ts';
import type { Primary } from './workers/worker.ts';

// About 400 bytes each.
const REMEMBERED_MOST = 50_000;
// 80 bytes each, and there are more of them than of accounts and people.
const CREDENTIALS_EACH = 6;
const WAITING_MS = 1000;
const LAST_WRITES_MS = 3000;
const WORDS_EVERY_MS = 10_000;
const DAMAGED =
  'the database is damaged, and nothing is written to it any more: stop the server, keep the file, and restore a backup';

// What is gathered in the process, and what writes it.
const GATHERED = {
  'uses of credentials': writeCredentialUses,
  'uses of sessions': writeSessionUses,
  'uses by persons': writeUserUses,
  'callers of keys': writeCallers,
  'counted requests': writeRequests,
  'entries of the record': writeNoted,
};

/** What is told of a server that has started. */
export interface Started extends FirstRun {
  /** Where it listens, without a slash at the end. */
  url: string;
  /** The login of an administrator whose password everybody knows, where others can reach the server. */
  defaultPasswordOf: string | undefined;
}

/** The last line of the log of whoever was told to stop, and has lost nothing. */
export const STOPPED = 'stopped';

export interface Server extends Started {
  context: Context;
  app: App;
  /** There where stacks are served. */
  cloud: Cloud | undefined;
  /** Ends what is running, within the configured time, writes what was gathered, and closes the database. */
  stop(): Promise<void>;
}

export interface Surroundings {
  now?: () => number;
  /** For work that replaces all that is in the database: it is not brought up to date, nor has it to be of this version. */
  isLeftAsItIs?: boolean;
  console?: NodeJS.WritableStream;
  /** Where it is said that the log itself does not work; standard error. */
  complaints?: NodeJS.WritableStream;
  /** Of a process that serves together with others of its machine. */
  primary?: Primary;
  /** Written to instead of what the configuration says, and not closed. */
  log?: Log;
  /** How many things are remembered at most. */
  remembered?: number;
}

interface OpenedContext {
  context: Context;
  /** The steps by which the database was brought up to date. */
  steps: string[];
  /** There where a collector is set. */
  tracing: Tracing | undefined;
  /** Ends it; these words are the last in the log. */
  close: (lastWords?: string) => Promise<void>;
}

/**
 * A context over the configured database, brought up to date; `close` ends it. For the server, and for commands on its machine.
 * A database that does not answer yet is waited for, so many milliseconds.
 */
export async function openContext(
  config: Config,
  surroundings: Surroundings = {},
  patience = 0,
): Promise<OpenedContext> {
  const { now = Date.now, console, complaints, isLeftAsItIs = false, primary } = surroundings;
  const { remembered = REMEMBERED_MOST } = surroundings;
  const log =
    surroundings.log ?? createLog(config, { console, complaints, now, askToRotate: primary?.rotateLog });
  const onTrouble = (error: Error, what: 'broken connection' | 'damage'): void => {
    if (what === 'damage') log.part('database').fatal({ err: error }, DAMAGED);
    else log.part('database').warn({ err: error }, 'a database connection broke');
  };
  const trail = openTrail(config.audit, { log, now });
  const tracing = await startTracing(config, log);
  // Of workers, the first one has just looked through it, and brought it up to date.
  const isPrepared = primary?.job.isFirst === false;
  const db = openDatabase(withConnectionsOfOne(config, primary), onTrouble, {
    onStatement: watchStatements(log, tracing),
    isLookedThrough: isPrepared,
  });
  const memory = createMemory(
    remembered,
    () => context.peers?.isCurrent() ?? true,
    new KnownCredentials(remembered * CREDENTIALS_EACH),
  );
  const seal = createSeal(config.security.secret_key, config.security.previous_secret_key);
  const context: Context = {
    db,
    now,
    config,
    log,
    memory,
    touch: memory.touch,
    seal,
    uses: {
      credentials: new Map(),
      sessions: new Map(),
      users: new Map(),
      keyCalls: new Map(),
      requests: noRequests(),
      noted: { rooms: new Map() },
    },
    limits: createLimits(config),
    peers: undefined,
    trail,
  };
  const close = async (lastWords?: string): Promise<void> => {
    await context.peers?.close();
    await context.limits.shared?.close();
    await trail?.close();
    await db.destroy();
    await tracing?.close();
    if (lastWords !== undefined) log.info(lastWords);
    for (const output of log.outputs.values()) await output.close?.();
  };
  try {
    const steps = isLeftAsItIs
      ? []
      : await whenThere(context, patience, () => bringUpToDate(context, onTrouble, isPrepared));
    if (config.database.type === 'postgres') {
      const connect = () => postgresConnection(config.database);
      context.peers = await peersOnPostgres({ db, connect, memory, log: log.part('database') });
    } else context.peers = primary?.peersFor(memory);
    return { context, steps, tracing, close };
  } catch (error) {
    await close();
    throw inWords(error, config);
  }
}

/** Workers share the connections to PostgreSQL that the settings allow, and need one each. */
function withConnectionsOfOne(config: Config, primary: Primary | undefined): Config {
  const most = config.database.max_open_conn;
  const max_open_conn = Math.min(most, Math.max(1, Math.floor(most / (primary?.job.count ?? 1))));
  return { ...config, database: { ...config.database, max_open_conn } };
}

/** What is told of each statement: traces, and at trace the log; nothing where neither wants it. */
function watchStatements(log: Log, tracing: Tracing | undefined): OnStatement | undefined {
  const ofDatabase = log.part('database');
  const isLogged = ofDatabase.isLevelEnabled('trace');
  if (!isLogged) return tracing?.statement;
  return (sql, milliseconds, failed) => {
    ofDatabase.trace({ sql, duration: Math.round(milliseconds * 1000) / 1000, failed }, 'statement');
    tracing?.statement(sql, milliseconds, failed);
  };
}

async function bringUpToDate(
  { config, db }: Context,
  onTrouble: Parameters<typeof openDatabase>[1],
  isPrepared: boolean,
): Promise<string[]> {
  const { type } = config.database;
  refuseNewer('the database', unknownSteps(await stepsOf(db)));
  if (isPrepared) return [];
  if (type === 'sqlite') return migrate(db, type);
  // A step, and waiting for a server that is taking it, may last longer than any query of a request.
  const patient = openDatabase({ ...config, database: { ...config.database, query_timeout: 0 } }, onTrouble);
  try {
    return await migrate(patient, type);
  } finally {
    await patient.destroy();
  }
}

/** Does the work as soon as the database answers: who is started together with it, as containers are, may be there first. */
async function whenThere<T>({ config, log }: Context, patience: number, work: () => Promise<T>): Promise<T> {
  const limit = performance.now() + patience;
  for (let saidAt = -Infinity; ; await sleep(WAITING_MS)) {
    try {
      return await work();
    } catch (error) {
      const left = limit - performance.now();
      const trouble = troubleOf(error);
      if (left <= 0 || (trouble !== 'away' && trouble !== 'busy')) throw error;
      if (performance.now() - saidAt < WORDS_EVERY_MS) continue;
      saidAt = performance.now();
      log.warn(
        { err: error },
        `the database does not answer: waiting for it, ${Math.ceil(left / 1000)} s at most. ` +
          `It is ${whereItIs(config)}: start it, or check [database]`,
      );
    }
  }
}

/** Opens the database and serves. */
export async function startServer(config: Config, surroundings: Surroundings = {}): Promise<Server> {
  const { primary } = surroundings;
  const { context, steps, tracing, close } = await openContext(
    config,
    surroundings,
    config.database.wait_at_start,
  );
  let cloud: Cloud | undefined;
  try {
    for (const step of steps) context.log.part('database').info(`database brought up to ${step}`);
    await requireSecretKey(context);
    const isFirst = primary?.job.isFirst ?? true;
    const firstRun = isFirst ? await prepareFirstRun(context) : { isFirstRun: false };
    const defaultPasswordOf = isFirst ? await lookForDefaultPassword(context) : undefined;
    // Commands on the machine need the database alone, and do not load what serves.
    await context.peers?.listen();
    context.limits.shared = (await shareLimits(context)) ?? primary?.limits(context.log);
    context.limits.lately = primary?.spread(context.limits.lately) ?? context.limits.lately;
    const { buildApp } = await import('./app.ts');
    cloud = config.cloud.enabled ? await openCloud(context, tracing) : undefined;
    const app = await buildApp(context, tracing, primary?.figures, undefined, cloud?.addRoutes);
    if (cloud) giveToStacks(app, cloud);
    await app.listen({ host: config.server.http_addr, port: config.server.http_port });
    const flushing = setInterval(() => {
      void flush(context);
      void cloud?.tidy();
    }, config.usage.flush_interval);
    const endChores = doChores(context);
    const stopWatching = watchOutsideChanges(config.paths.data, () => {
      context.memory.clear();
      cloud?.forget();
    });
    const stop = async (): Promise<void> => {
      clearInterval(flushing);
      const chores = endChores();
      stopWatching();
      await Promise.all([app.drain(config.server.shutdown_timeout), cloud?.stop()]);
      // A database that stands still does not hold up the end.
      const lastWrites = chores.then(() => flush(context)).then(() => close(primary ? undefined : STOPPED));
      await Promise.race([lastWrites, sleep(LAST_WRITES_MS, undefined, { ref: false })]);
    };
    const url = addressOf(config.server.protocol, app.server.address() as AddressInfo);
    return { url, context, app, cloud, ...firstRun, defaultPasswordOf, stop };
  } catch (error) {
    await cloud?.stop();
    await close();
    throw inWords(error, config);
  }
}

async function openCloud(context: Context, tracing: Tracing | undefined): Promise<Cloud> {
  const { startCloud } = await import('./cloud/cloud.ts');
  return startCloud(context, tracing);
}

/** Has what arrives at the server's own listener under the name of a stack answered by that. */
function giveToStacks(app: App, cloud: Cloud): void {
  if (app.context.config.cloud.stack_domain === '') return;
  // The last of them answers; those before count requests and believe proxies.
  const answer = app.server.listeners('request').at(-1) as RequestListener;
  app.server.removeListener('request', answer);
  app.server.on('request', (request, response) => {
    if (!cloud.takes(request, response)) answer(request, response);
  });
}

/** The limits that are counted together with other servers, where those are configured. */
export async function shareLimits({ config, log }: Context): Promise<SharedLimits | undefined> {
  const { type, connstr, prefix } = config.remote_cache;
  const address = type === 'redis' ? parseRedisAddress(connstr) : undefined;
  if (address === undefined) return undefined;
  const { openSharedLimits } = await import('./shared-limits/shared-limits.ts');
  return openSharedLimits({ address, prefix, log: log.part('server') });
}

/** Throws a ConfigError where the secret key is not the one that the database's secrets are encrypted with. */
export async function requireSecretKey(context: Context): Promise<void> {
  if (!(await secretKeyFits(context))) throw wrongSecretKey();
}

function wrongSecretKey(): ConfigError {
  return new ConfigError(
    'the secret key is not the one that the secrets in this database are encrypted with. It comes from [security] secret_key or, ' +
      'where that is empty, from the file secret-key in the data directory, which a first start makes. Give the right one there: beside other ' +
      'servers it is theirs, so copy that file from one of them. Or, to change it, give the ' +
      'old one as [security] previous_secret_key and run "latchkey reencrypt-secrets"',
  );
}

/** Writes what was used since the last time, each kind by itself: what cannot be written is kept by whoever gathers it, for the next time. */
export async function flush(context: Context): Promise<void> {
  for (const [what, write] of Object.entries(GATHERED)) {
    try {
      await write(context);
    } catch (error) {
      context.log.error(
        { err: error, what },
        'what was used since the last time could not be written; trying again later',
      );
      // The others would only wait for it too, one after the other.
      if (troubleOf(error) === 'away') return;
    }
  }
}

function addressOf(protocol: string, { address, family, port }: AddressInfo): string {
  return `${protocol}://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
