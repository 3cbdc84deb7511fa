import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Client } from '../../client/client.ts';
import type { AuditEntry, AuditPage } from '../../client/shapes.ts';
import { addCommand, withJson } from '../command.ts';
import { EXIT, Failure } from '../failure.ts';
import { printJson, printTable, say, shortTime } from '../output.ts';
import { startProgress } from '../progress.ts';
import { connect, type ConnectionFlags, withConnection } from './connection.ts';

interface Filters {
  server?: boolean;
  from?: string;
  to?: string;
  actor?: string;
  action?: string;
  kind?: string;
  credential?: string;
  address?: string;
  requestId?: string;
  query?: string;
}

type ListFlags = ConnectionFlags & Filters & { json?: boolean; limit: number };
type ExportFlags = ConnectionFlags & Filters & { json?: boolean; format: 'jsonl' | 'csv'; out?: string };

const USUAL = 50;
const MOST = 5000;
const NEW_LINE = 10;

/** `latchkey audit …` */
export function addAudit(program: Command): void {
  const audit = addCommand(program, 'audit', {
    summary: 'who changed what, and when',
    examples: [
      'latchkey audit list --actor ann --from 2026-11-01',
      'latchkey audit export --format csv --out changes.csv',
    ],
  });
  addList(audit);
  addExport(audit);
}

function addList(audit: Command): void {
  const list = addCommand(audit, 'list', {
    summary: 'list the latest changes in an organization, or on the server as a whole',
    examples: [
      'latchkey audit list',
      'latchkey audit list --credential token:12 --org 2',
      'latchkey audit list --server --action users:create --json',
    ],
  });
  list.option('--limit <count>', `how many at most, up to ${MOST}`, count, USUAL);
  withConnection(withJson(withFilters(list))).action(async (flags: ListFlags) => {
    const client = await connect(flags);
    const found = await page(client, flags, flags.limit);
    if (flags.json) return printJson(found.entries);
    if (found.entries.length === 0) return say('No change is like that.');
    printEntries(found.entries);
    const left = found.totalCount - found.entries.length;
    if (left > 0) say(`${left} more are older: --limit lists more, "audit export" has all.`);
  });
}

function addExport(audit: Command): void {
  const exporting = addCommand(audit, 'export', {
    summary: 'write all changes as JSON lines or CSV, the earliest first',
    examples: [
      'latchkey audit export > changes.jsonl',
      'latchkey audit export --format csv --out changes.csv --from 2026-11-01',
      'latchkey audit export --json | jq ".action"',
    ],
    more: 'It goes to standard output, or to a new file with --out. What breaks off ends with an error.',
  });
  exporting
    .addOption(new Option('--format <format>', 'jsonl or csv').choices(['jsonl', 'csv']).default('jsonl'))
    .option('--json', 'the same as --format jsonl')
    .option('--out <file>', 'write to this file, which must not be there yet');
  withConnection(withFilters(exporting)).action(async (flags: ExportFlags) => {
    const client = await connect(flags);
    const { totalCount } = await page(client, flags, 1);
    const format = flags.json ? 'jsonl' : flags.format;
    const body = client.stream(`${pathOf(flags)}/export?${queryOf(flags, { format })}`);
    const progress = startProgress('Changes');
    try {
      await write(
        flags.out,
        counting(body, (lines) => progress.show(lines, totalCount)),
      );
    } finally {
      progress.end();
    }
    if (flags.out !== undefined) say(`Written to ${flags.out}.`);
  });
}

function withFilters(command: Command): Command {
  return command
    .option('--server', 'what was done to the server as a whole, instead of in an organization')
    .option('--from <time>', 'not before this time or day, as in 2026-11-21T09:30:00Z or 2026-11-21')
    .option('--to <time>', 'before this time or day')
    .option('--actor <name>', 'made by this one, as in ann or user:ann')
    .option('--action <action>', 'of this kind, as in serviceaccounts:create')
    .option('--kind <kind>', 'done to this kind of thing, as in service-account')
    .option(
      '--credential <credential>',
      'through this credential, as in token:12, or any of a kind, as in token',
    )
    .option('--address <address>', 'from this address')
    .option('--request-id <id>', 'by the request of this id')
    .option('--query <text>', 'with this in a name, an id, the action, the address or the id of the request');
}

function page(client: Client, flags: Filters, limit: number): Promise<AuditPage> {
  return client.request<AuditPage>('GET', `${pathOf(flags)}?${queryOf(flags, { perpage: String(limit) })}`);
}

function pathOf({ server }: Filters): string {
  return server ? '/api/admin/audit' : '/api/audit';
}

function queryOf(flags: Filters, more: Record<string, string>): string {
  const { from, to, actor, action, kind, credential, address, requestId, query: text } = flags;
  const asked = { from, to, actor, action, kind, credential, address, requestId, query: text, ...more };
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(asked)) if (value !== undefined) query.set(name, value);
  return query.toString();
}

async function* counting(
  body: AsyncIterable<Uint8Array>,
  show: (lines: number) => void,
): AsyncGenerator<Uint8Array> {
  let lines = 0;
  for await (const part of body) {
    for (const byte of part) if (byte === NEW_LINE) lines++;
    show(lines);
    yield part;
  }
}

async function write(file: string | undefined, body: AsyncIterable<Uint8Array>): Promise<void> {
  if (file === undefined) return pipeline(body, process.stdout, { end: false });
  try {
    // Who did what is not for everybody on the machine.
    await pipeline(body, createWriteStream(file, { flags: 'wx', mode: 0o600 }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new Failure(EXIT.usage, `${file} is there already`, { detail: 'Name another file, or remove it.' });
  }
}

function printEntries(entries: readonly AuditEntry[]): void {
  printTable(
    [
      { title: 'WHEN (UTC)' },
      { title: 'WHO', flexible: true },
      { title: 'WITH' },
      { title: 'FROM' },
      { title: 'ACTION' },
      { title: 'OF', flexible: true },
    ],
    entries.map(({ at, actor, credential, address, action, object }) => [
      shortTime(at, ''),
      actor.name,
      credential.id === 0 ? credential.kind : `${credential.kind}:${credential.id}`,
      address,
      action,
      object.name === '' ? object.id : object.name,
    ]),
  );
}

function count(text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= 1 && number <= MOST) return number;
  throw new InvalidArgumentError(`It has to be a whole number from 1 to ${MOST}.`);
}
