import type { Command } from 'commander';
import type { Client } from '../../client/client.ts';
import type { KeyMigration, KeyMigrationStatus, Message, MovedKey } from '../../client/shapes.ts';
import { addCommand, withJson } from '../command.ts';
import { EXIT, Failure, usageFailure } from '../failure.ts';
import { printChange, printJson, printTable, say } from '../output.ts';
import { OWN_NAME } from '../own-name.ts';
import { startProgress } from '../progress.ts';
import { connect, type ConnectionFlags, withConnection } from './connection.ts';
import { keyId } from './names.ts';

// Few enough that the bar moves, and an answer comes well before anybody gives up waiting.
const KEYS_PER_CALL = 500;

interface Flags extends ConnectionFlags {
  all?: boolean;
  key?: string;
  groupByRole?: boolean;
  includeExpired?: boolean;
  dryRun?: boolean;
  json?: boolean;
}

/** `latchkey keys migrate` */
export function addMigrate(keys: Command): void {
  const migrate = addCommand(keys, 'migrate', {
    summary: 'make keys tokens of service accounts; their secrets go on working',
    examples: [
      'latchkey keys migrate --all --dry-run',
      'latchkey keys migrate --all',
      'latchkey keys migrate --key ci',
      'latchkey keys migrate --all --group-by-role --json > report.json',
    ],
    more:
      'Stopped at any moment, the next run goes on and changes nothing that was done. After --all the organization ' +
      'makes no new keys: use service accounts and tokens instead.',
  })
    .option('--all', 'every key of the organization')
    .option('--key <id|name>', 'one key')
    .option('--group-by-role', 'one service account for all keys of a role, instead of one for each key')
    .option('--include-expired', 'expired keys as well, which are left where they are otherwise')
    .option('--dry-run', 'only say what would happen');
  withConnection(withJson(migrate)).action(async (flags: Flags) => {
    if ((flags.all === true) === (flags.key !== undefined)) throw usageFailure('give one of --all and --key');
    const client = await connect(flags);
    const report =
      flags.key === undefined ? await migrateAll(client, flags) : await migrateOne(client, flags.key, flags);
    if (flags.json) return printJson({ keys: report });
    printReport(report);
  });
}

/** `latchkey keys revert` */
export function addRevert(keys: Command): void {
  const revert = addCommand(keys, 'revert <id|name>', {
    summary: 'make a key that has moved an API key again',
    examples: ['latchkey keys revert ci', 'latchkey keys revert 3'],
    more: 'Its service account goes when nothing else is left of it. The secret goes on working.',
  });
  withConnection(withJson(revert)).action(
    async (given: string, flags: ConnectionFlags & { json?: boolean }) => {
      const client = await connect(flags);
      const { id, name, serviceAccountId } = await movedKey(client, given);
      const path = `/api/serviceaccounts/${serviceAccountId}/revert/${id}`;
      printChange(await client.request<Message>('POST', path), name, flags);
    },
  );
}

/** A key that has moved, by its number or name. */
async function movedKey(client: Client, given: string): Promise<MovedKey> {
  const keys = await migrateAll(client, { dryRun: true, all: true });
  const named = keys.filter(({ id, name }) => String(id) === given || name === given);
  const moved = named.find(({ outcome }) => outcome === 'already moved');
  if (moved !== undefined) return moved;
  const what =
    named.length === 0 ? `there is no key ${JSON.stringify(given)}` : `the key ${given} has not moved`;
  throw new Failure(EXIT.failure, what, {
    detail: `"${OWN_NAME} keys migrate --all --dry-run" lists all, those that have moved too.`,
  });
}

async function migrateOne(client: Client, given: string, flags: Flags): Promise<MovedKey[]> {
  const id = await keyId(client, given).catch(async (error: unknown) => {
    if (!(error instanceof Failure)) throw error;
    return (await movedKey(client, given)).id;
  });
  const path = `/api/serviceaccounts/migrate/${id}${queryOf(flags)}`;
  const { key } = await client.request<{ key: MovedKey }>('POST', path);
  return [key];
}

async function migrateAll(client: Client, flags: Flags): Promise<MovedKey[]> {
  const status = await client.request<KeyMigrationStatus>('GET', '/api/serviceaccounts/migrationstatus');
  const total = status.remaining + status.moved;
  const progress = startProgress(flags.dryRun ? 'Looking at keys' : 'Moving keys');
  const report: MovedKey[] = [];
  try {
    let after: number | undefined = 0;
    while (after !== undefined) {
      progress.show(report.length, total);
      const path: string = `/api/serviceaccounts/migrate${queryOf(flags, { after, limit: KEYS_PER_CALL })}`;
      const { keys, next }: KeyMigration = await client.request('POST', path);
      report.push(...keys);
      after = next;
    }
  } finally {
    progress.end();
  }
  return report;
}

function queryOf(
  { groupByRole, includeExpired, dryRun, all }: Flags,
  more: Record<string, number> = {},
): string {
  const query = new URLSearchParams();
  if (groupByRole) query.set('groupByRole', 'true');
  // A key that is named is meant, expired or not.
  if (includeExpired && all) query.set('includeExpired', 'true');
  if (dryRun) query.set('dryRun', 'true');
  for (const [name, value] of Object.entries(more)) query.set(name, String(value));
  return query.size === 0 ? '' : `?${query.toString()}`;
}

function printReport(keys: readonly MovedKey[]): void {
  if (keys.length === 0) return say('There are no keys.');
  printTable(
    [
      { title: 'KEY', align: 'right' },
      { title: 'NAME', flexible: true },
      { title: 'OUTCOME' },
      { title: 'SERVICE ACCOUNT OR REASON', flexible: true },
    ],
    keys.map(({ id, name, outcome, serviceAccountId, serviceAccount, reason }) => [
      String(id),
      name,
      outcome,
      reason ?? [serviceAccountId, serviceAccount].filter((part) => part !== undefined).join(' '),
    ]),
  );
  const counts = Map.groupBy(keys, ({ outcome }) => outcome);
  say([...counts].map(([outcome, those]) => `${those.length.toLocaleString('en')} ${outcome}`).join(', '));
}
