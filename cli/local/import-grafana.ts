import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import type { Command } from 'commander';
import type { RequestContext } from '../../server/context.ts';
import type { Imported, Note } from '../../server/modules/grafana-import/grafana-import.ts';
import type { Source } from '../../server/sources/source.ts';
import { addCommand, withConfigFile } from '../command.ts';
import { EXIT, Failure, usageFailure } from '../failure.ts';
import { printJson, printTable, say } from '../output.ts';
import { startProgress } from '../progress.ts';
import { readSecret } from '../prompt.ts';
import { printable } from '../text.ts';
import { expectingFailures } from './expected.ts';

interface Flags {
  config?: string;
  from: string;
  oldSecretKeyStdin?: boolean;
  oldSecretKeyFile?: string;
  intoExisting?: boolean;
  dryRun?: boolean;
  json?: boolean;
  report?: string;
}

const NOTES_SHOWN = 20;

/** `latchkey import …` */
export function addImport(program: Command): void {
  const importing = addCommand(program, 'import', {
    summary: 'bring what another server has',
    examples: ['latchkey import grafana --from grafana.db --dry-run'],
  });
  const grafana = addCommand(importing, 'grafana', {
    summary: 'bring the organizations, people, keys and dashboards of a Grafana',
    examples: [
      'latchkey import grafana --from grafana.db --dry-run',
      'latchkey import grafana --from /var/lib/grafana/grafana.db',
      'latchkey import grafana --from postgres://me@db/grafana --report notes.json',
      'latchkey import grafana --from mysql://me@db/grafana --json',
      'latchkey import grafana --from grafana.db --old-secret-key-stdin < key.txt',
    ],
    more:
      'Reads Grafana 8 to 12 and never writes there. Brings organizations, users with their passwords, teams, API keys, service ' +
      'accounts with their tokens, folders, dashboards with their versions, data sources, permissions, stars, preferences and ' +
      'quotas. The same keys, tokens and passwords go on working. ' +
      'Ids and uids stay the same where they are free. On a server where nothing is yet, the first organization and the ' +
      'administrator become those of Grafana; elsewhere an organization or user whose name is taken gets a number.\n\n' +
      'Stopped at any moment, the next run goes on; a second one adds only what is new. Secrets of data sources need the secret_key of ' +
      "Grafana's [security]. The password of a database may stand in PGPASSWORD or MYSQL_PWD.\n\n" +
      'Servers that run may stay up. Exit code 6 says that it is done but some rows did not come.',
  })
    .requiredOption('--from <where>', 'the SQLite file, or postgres://… or mysql://…')
    .option('--old-secret-key-stdin', "read Grafana's secret key from standard input")
    .option('--old-secret-key-file <file>', 'read it from a file')
    .option(
      '--into-existing',
      'take organizations of the same name, and users of the same login and email, for one and the same',
    )
    .option('--dry-run', 'only say what would come; nothing is written')
    .option('--report <file>', 'write every note into a file, one line of JSON each')
    .option('--json', 'print what was done as JSON, with every note');
  withConfigFile(grafana).action((flags: Flags) => expectingFailures(() => importGrafana(flags)));
}

async function importGrafana(flags: Flags): Promise<void> {
  // Every batch leaves garbage behind, and V8 would rather let the heap grow than look after it: twice the memory for no more speed.
  setFlagsFromString('--optimize-for-size');
  const oldSecretKey = await readOldKey(flags);
  const { openSource } = await import('../../server/sources/open.ts');
  const { requireReadable } = await import('../../server/modules/grafana-import/grafana-import.ts');
  const source = await openSource(withPassword(flags.from));
  try {
    // Before a database is made for what then does not come.
    await requireReadable(source, oldSecretKey);
    const file = flags.report === undefined ? undefined : newFile(flags.report);
    const notes = collectNotes(flags, file);
    try {
      const imported = await run(flags, source, oldSecretKey, notes.take);
      show(flags, imported, notes.kept);
    } finally {
      if (file !== undefined) closeSync(file);
    }
    const skipped = notes.skipped();
    if (skipped > 0) throw notAll(flags, skipped);
  } finally {
    await source.close();
  }
}

// Never one that is there: it may be the database itself.
function newFile(path: string): number {
  try {
    return openSync(path, 'wx', 0o600);
  } catch (error) {
    throw usageFailure(
      `the report cannot be written: ${(error as Error).message}`,
      'Name a file that is not there yet.',
    );
  }
}

async function readOldKey({ oldSecretKeyStdin, oldSecretKeyFile }: Flags): Promise<string | undefined> {
  if (oldSecretKeyStdin && oldSecretKeyFile !== undefined)
    throw usageFailure('give one of --old-secret-key-stdin and --old-secret-key-file');
  if (oldSecretKeyStdin) return readSecret('secret key');
  if (oldSecretKeyFile === undefined) return undefined;
  const key = readKeyFile(oldSecretKeyFile).replace(/\r?\n$/, '');
  if (key === '') throw usageFailure(`there is no secret key in ${oldSecretKeyFile}`);
  return key;
}

function readKeyFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw usageFailure(`the file of the secret key cannot be read: ${(error as Error).message}`);
  }
}

/** An address of MySQL with the password that its own programs would take. PostgreSQL's driver does it by itself. */
function withPassword(from: string): string {
  const password = process.env['MYSQL_PWD'];
  const url = /^(mysql|mariadb):/i.test(from) ? URL.parse(from) : null;
  if (url === null || url.password !== '' || password === undefined) return from;
  url.password = encodeURIComponent(password);
  return url.href;
}

async function run(
  { config, dryRun = false, intoExisting = false }: Flags,
  source: Source,
  oldSecretKey: string | undefined,
  onNote: (note: Note) => void,
): Promise<Imported> {
  const server = await import('../../server/main.ts');
  const progress = startProgress(dryRun ? 'Looking' : 'Importing');
  // What was brought before it failed is there, and servers that run have to hear of that too.
  const outcome = async (context: RequestContext): Promise<{ done: Imported } | { failed: unknown }> => {
    try {
      const { importGrafana: bring } = await import('../../server/modules/grafana-import/grafana-import.ts');
      if (!dryRun) await prepare(context);
      const onProgress = progress.show;
      return { done: await bring(context, source, { intoExisting, oldSecretKey, onNote, onProgress }) };
    } catch (error) {
      return { failed: error };
    } finally {
      progress.end();
    }
  };
  const options = { configFile: config };
  const ended = await (dryRun
    ? server.rehearseFromOutside(options, outcome)
    : server.beginFromOutside(options, outcome));
  if ('failed' in ended) throw ended.failed;
  return ended.done;
}

/** What a first start of the server would do, and a look whether secrets would be kept under the right key. */
async function prepare(context: RequestContext): Promise<void> {
  const { prepareFirstRun } = await import('../../server/first-run.ts');
  const { secretKeyFits } = await import('../../server/modules/secret-key/secret-key.ts');
  if (!(await secretKeyFits(context))) {
    throw usageFailure(
      '[security] secret_key is not the key that the secrets in this database are encrypted with',
      'Put that one back; "latchkey serve" says more about it.',
    );
  }
  const { generatedPassword } = await prepareFirstRun(context);
  if (generatedPassword !== undefined) {
    say(`The password of ${context.config.security.admin_user}, shown this once: ${generatedPassword}`);
  }
}

interface Notes {
  take(note: Note): void;
  /** Those that are shown: the first ones or, as JSON, all. */
  kept: Note[];
  skipped(): number;
}

function collectNotes({ json }: Flags, file: number | undefined): Notes {
  const kept: Note[] = [];
  const count = { skipped: 0, changed: 0 };
  return {
    take(note) {
      count[note.outcome]++;
      if (json || count[note.outcome] <= NOTES_SHOWN) kept.push(note);
      if (file !== undefined) writeSync(file, `${JSON.stringify(note)}\n`);
    },
    kept,
    skipped: () => count.skipped,
  };
}

function show(
  { json, dryRun = false }: Flags,
  { kinds, leftBehind }: Imported,
  notes: readonly Note[],
): void {
  if (json) return printJson({ dryRun, kinds, leftBehind, notes });
  printTable(
    [
      { title: 'KIND' },
      { title: 'FOUND', align: 'right' },
      { title: dryRun ? 'WOULD COME' : 'BROUGHT', align: 'right' },
      { title: 'THERE ALREADY', align: 'right' },
      { title: 'SKIPPED', align: 'right' },
      { title: 'CHANGED', align: 'right' },
    ],
    kinds.map(({ kind, found, brought, alreadyThere, skipped, changed }) => [
      kind,
      ...[found, brought, alreadyThere, skipped, changed].map(String),
    ]),
  );
  for (const { what, rows } of leftBehind) say(printable(`Not brought: ${rows} ${what}`));
  for (const outcome of ['changed', 'skipped'] as const) {
    const some = notes.filter((note) => note.outcome === outcome);
    const all = kinds.reduce((sum, kind) => sum + kind[outcome], 0);
    for (const { kind, id, name, reason } of some) {
      const word = outcome === 'skipped' ? 'Skipped' : 'Changed';
      say(printable(`${word}: ${kind} ${id}${name === '' ? '' : ` (${name})`}: ${reason}`));
    }
    if (all > some.length)
      say(`… and ${all - some.length} more ${outcome}: --report FILE or --json has all.`);
  }
}

function notAll({ dryRun = false }: Flags, skipped: number): Failure {
  const rows = `${skipped} ${skipped === 1 ? 'row' : 'rows'}`;
  const message = dryRun ? `${rows} would not come` : `done, but ${rows} did not come`;
  return new Failure(EXIT.partly, message, {
    detail: 'Each is named above, or in the report, with the reason.',
  });
}
