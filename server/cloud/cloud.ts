import { statSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Kysely } from 'kysely';
import type { Proof } from '../access/identity.ts';
import { doChores } from '../chores.ts';
import type { Config } from '../config/config.ts';
import type { Context } from '../context.ts';
import { stepsOf } from '../db/migrations/index.ts';
import { refuseNewer } from '../db/migrations/newer.ts';
import { openDatabase } from '../db/open.ts';
import type { App } from '../http/app-type.ts';
import type { Metrics } from '../http/metrics.ts';
import { postgresConnection } from '../db/postgres.ts';
import type { Schema } from '../db/schema.ts';
import { prepareFirstRun } from '../first-run.ts';
import { countedApart, createLimits } from '../limits.ts';
import type { Log } from '../log.ts';
import { createMemory } from '../memory.ts';
import { peersOnPostgres } from '../peers/postgres.ts';
import { flush, openContext, requireSecretKey, shareLimits } from '../server.ts';
import { dropOldEntries } from '../modules/audit/kept.ts';
import type { Tracing } from '../tracing/tracing.ts';
import { openTrail } from '../trail/trail.ts';
import { labelIn, labelOfServer } from './addresses.ts';
import { buildCloudApp } from './app.ts';
import { arrivals } from './arrivals.ts';
import { isGone } from './away.ts';
import { warnOfConnections } from './connections.ts';
import type { CloudContext } from './context.ts';
import { cloudDatabase, ensureDatabase, removeDatabase, stackDatabase } from './databases.ts';
import { migrateCloud, unknownCloudSteps } from './db/migrate.ts';
import type { CloudSchema, StackRow } from './db/schema.ts';
import { revokesLeaks } from './leaks.ts';
import { administrationRoutes } from './modules/administration/administration.routes.ts';
import { removeDeleted } from './modules/stacks/removal.ts';
import { portsInUse } from './modules/stacks/stack-places.ts';
import { stackNow, stacksNow } from './modules/stacks/stacks.ts';
import { writeUses } from './modules/uses/uses.ts';
import { createStacks, type Inside, type Opened, type Stacks } from './open-stacks.ts';
import { createPorts } from './ports.ts';
import { auditApart, configOfStack } from './stack-config.ts';

// Of a stack, and of the addresses of stacks.
const REMEMBERED_OF_STACK = 5000;
const REMEMBERED_ADDRESSES = 10_000;
// So that many changes at once are followed together.
const FOLLOWED_AFTER_MS = 50;
const DAY_MS = 86_400_000;

/** The cloud side while it runs. */
export interface Cloud {
  /** Where its API listens, without a slash at the end. */
  url: string;
  stacks: Stacks;
  routes: App['cloudRoutes'];
  /** Adds to the server's own app what its administrators do with stacks, and the figures of the cloud side. */
  addRoutes(app: App, metrics: Metrics): void;
  /** Reads the certificate of its API and of the ports of stacks anew. */
  reloadCertificate(): void;
  /** Goes on in a new file of its record of changes, where the old one was moved away. */
  reopenTrail(): void;
  /** Whether a request at the server's own listener is for a stack; then it is answered by that. */
  takes(request: IncomingMessage, response: ServerResponse): boolean;
  /** Writes what was gathered, closes what is idle, removes what was deleted long ago. */
  tidy(): Promise<void>;
  /** Forgets what is remembered here and in the stacks: somebody else may have changed their databases. */
  forget(): void;
  stop(): Promise<void>;
}

/** Opens the cloud side's own database, brought up to date. */
export async function openCloudDatabase(config: Config, log: Log): Promise<Kysely<CloudSchema>> {
  const database = cloudDatabase(config.database);
  await ensureDatabase(config.database, database);
  const db = openDatabase({ ...config, database }, (error) =>
    log.part('database').error({ err: error }, 'the database of the cloud side is in trouble'),
  ) as unknown as Kysely<CloudSchema>;
  try {
    refuseNewer('the database of the cloud side', unknownCloudSteps(await stepsOf(db)));
    await migrateCloud(db, database.type);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return db;
}

/** Serves the cloud side and its stacks, within the process of a server. */
export async function startCloud(server: Context, tracing: Tracing | undefined): Promise<Cloud> {
  const { config, now, log } = server;
  const trail = openTrail(auditApart(config, 'cloud'), { log, now });
  const db = await openCloudDatabase(config, log);
  const memory = createMemory(REMEMBERED_ADDRESSES, () => context.peers?.isCurrent() ?? true);
  const stacks = createStacks(
    config,
    now,
    (...opening) => openStack(server, tracing, ...opening),
    (id) => stackNow(context, id),
    (...entering) => enterStack(server, ...entering),
  );
  const ports = createPorts(config, (port, request, response) => arrive({ port }, request, response));
  const context: CloudContext = {
    db,
    now,
    config,
    log,
    memory,
    touch: memory.touch,
    peers: undefined,
    limits: createLimits(config),
    trail,
    stacks,
    ports,
  };
  context.limits.shared = server.limits.shared && countedApart(server.limits.shared, 'cloud:');
  const app = buildCloudApp(context, server);
  const { limited } = app.cloudFigures;
  const arrive = arrivals(context, () => limited.inc({ kind: 'address', reason: 'stacks' }));
  const { stack_domain: domain } = config.cloud;
  const ownLabel = labelOfServer(config);

  const keepPorts = async (): Promise<void> => {
    if (domain !== '') return;
    const taken = await ports.keep(await portsInUse(context));
    if (taken.length > 0) {
      log.error({ ports: taken }, 'another program listens at ports of stacks, which cannot be reached');
    }
  };
  let following: NodeJS.Timeout | undefined;
  // What others have made, moved or ended is so here too: its port, and whether it may be open.
  const followSoon = (): void => {
    following ??= setTimeout(() => {
      following = undefined;
      followOthers().catch((error: unknown) =>
        log.error(
          { err: error },
          'what other servers did to stacks could not be followed; trying again later',
        ),
      );
    }, FOLLOWED_AFTER_MS);
  };
  const followOthers = async (): Promise<void> => {
    await keepPorts();
    await stacks.follow((ids) => stacksNow(context, ids));
  };
  const close = async (): Promise<void> => {
    clearTimeout(following);
    await ports.close();
    await stacks.closeAll();
    await context.peers?.close();
    await trail?.close();
    await db.destroy();
  };
  try {
    if (config.database.type === 'postgres') {
      const own = cloudDatabase(config.database);
      context.peers = await peersOnPostgres({
        db: db as unknown as Kysely<Schema>,
        connect: () => postgresConnection(own),
        memory: {
          touch(key) {
            memory.touch(key);
            followSoon();
          },
          clear() {
            memory.clear();
            followSoon();
          },
        },
        log: log.part('database'),
      });
      await context.peers.listen();
      await warnOfConnections(server);
    }
    await keepPorts();
    await app.listen({
      host: config.server.http_addr,
      port: config.cloud.http_port,
      listenTextResolver: (address) => `The API of the cloud side listens at ${address}`,
    });
  } catch (error) {
    await close();
    throw error;
  }
  let isTidying = false;
  let droppedAt = -Infinity;
  const url = addressOf(config.server.protocol, app.server.address() as AddressInfo);
  return {
    url,
    stacks,
    routes: app.cloudRoutes,
    addRoutes(ofServer, metrics) {
      administrationRoutes(ofServer, context);
      ofServer.decorate('revokeElsewhere', revokesLeaks(context));
      metrics.add(app.cloudFigures);
    },
    reloadCertificate: () => app.reloadCertificate(),
    reopenTrail: () => trail?.reopen(),
    takes(request, response) {
      const label = domain === '' ? undefined : labelIn(domain, request.headers.host);
      if (label === undefined || label === ownLabel) return false;
      arrive({ host: label }, request, response);
      return true;
    },
    async tidy() {
      if (isTidying) return;
      isTidying = true;
      try {
        await followOthers();
        await stacks.tidy();
        await removeDeleted(context, ({ id }) =>
          removeDatabase(config.database, stackDatabase(config.database, id)),
        );
        await writeUses(context);
        if (now() - droppedAt < DAY_MS) return;
        droppedAt = now();
        // Whichever server comes first: the others find nothing left.
        await dropOldEntries(context, () => Promise.resolve());
      } catch (error) {
        log.error({ err: error }, 'stacks could not be tidied; trying again later');
      } finally {
        isTidying = false;
      }
    },
    forget() {
      memory.clear();
      stacks.forget();
    },
    async stop() {
      await app.drain(config.server.shutdown_timeout);
      await ports.close();
      await writeUses(context).catch((error: unknown) =>
        log.error({ err: error }, 'how stacks were used since the last time could not be written'),
      );
      await close();
    },
  };
}

async function openStack(
  server: Context,
  tracing: Tracing | undefined,
  stack: StackRow,
  admit: (secret: string) => Proof | undefined,
  isNew: boolean,
): Promise<Opened> {
  const log = logOf(server.log, stack.slug);
  try {
    return await openIt(server, tracing, stack, { admit, isNew, log });
  } catch (error) {
    log.error({ err: error, id: stack.id }, 'the stack cannot be opened: others are not touched by it');
    throw error;
  }
}

interface Opening {
  admit: (secret: string) => Proof | undefined;
  isNew: boolean;
  log: Log;
}

async function openIt(
  server: Context,
  tracing: Tracing | undefined,
  stack: StackRow,
  { admit, isNew, log }: Opening,
): Promise<Opened> {
  const config = configOfStack(server.config, stack);
  if (isNew) await ensureDatabase(server.config.database, config.database);
  else requireFile(config.database);
  const { context, close } = await openContext(config, {
    now: server.now,
    log,
    remembered: REMEMBERED_OF_STACK,
  });
  try {
    await requireSecretKey(context);
    await prepareFirstRun(context);
    await context.peers?.listen();
    context.limits.shared = await shareLimits(context);
    const { buildApp } = await import('../app.ts');
    const app = await buildApp(context, tracing, undefined, admit);
    await app.ready();
    const endChores = doChores(context);
    return {
      context,
      app,
      flush: () => flush(context),
      async close() {
        const chores = endChores();
        try {
          await app.close();
          await chores;
          await flush(context);
          await close();
        } catch (error) {
          log.error({ err: error, id: stack.id }, 'the stack was not closed as it should be');
        }
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Gives what a stack keeps that is not open: its database as it is, and the rest only to whoever wants it. */
async function enterStack<T>(
  { config, log, now }: Context,
  stack: StackRow,
  work: (inside: Inside) => Promise<T>,
): Promise<T> {
  const own = configOfStack(config, stack);
  requireFile(own.database);
  const ofStack = logOf(log, stack.slug);
  const db = openDatabase(
    own,
    (error) => ofStack.part('database').error({ err: error }, 'the database of a stack is in trouble'),
    { isLookedThrough: true },
  );
  let entered: ReturnType<typeof openContext> | undefined;
  try {
    return await work({
      db,
      async context() {
        entered ??= openContext(own, { now, log: ofStack, remembered: REMEMBERED_OF_STACK });
        return (await entered).context;
      },
    });
  } finally {
    await db.destroy();
    await entered?.then(
      ({ close }) => close(),
      () => {},
    );
  }
}

/** SQLite would make an empty file where one is gone, and nobody's keys would be in it. */
function requireFile(database: Config['database']): void {
  if (database.type !== 'sqlite') return;
  const size = statSync(database.path, { throwIfNoEntry: false })?.size ?? 0;
  if (size === 0) throw isGone(database.path);
}

/** The server's log, in which each line says of which stack it is. What the lines go to is the server's to close. */
function logOf(log: Log, stack: string): Log {
  const outputs: Log['outputs'] = new Map();
  const ofStack = (part: Log): Log =>
    Object.assign(part.child({ stack }), {
      part: (name: Parameters<Log['part']>[0]) => ofStack(log.part(name)),
      outputs,
    });
  return ofStack(log);
}

function addressOf(protocol: string, { address, family, port }: AddressInfo): string {
  return `${protocol}://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
