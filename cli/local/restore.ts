import type { Command } from 'commander';
import { addCommand, withConfigFile } from '../command.ts';
import { EXIT, Failure, usageFailure } from '../failure.ts';
import { print, printJson, say } from '../output.ts';
import { startProgress } from '../progress.ts';
import { agrees, canAsk } from '../prompt.ts';
import { expectingFailures } from './expected.ts';

interface Flags {
  config?: string;
  replace?: boolean;
  yes?: boolean;
  withOtherKey?: boolean;
  json?: boolean;
}

/** `latchkey restore` */
export function addRestore(program: Command): void {
  const restore = addCommand(program, 'restore <file>', {
    summary: 'put a backup into an empty database, or in the place of one',
    examples: [
      'latchkey restore latchkey.backup',
      'latchkey restore latchkey.backup --replace',
      'GF_DATABASE_URL=postgres://… latchkey restore latchkey.backup',
    ],
    more:
      'The file is read to its end first. Then all is put into the database, and brought up to date, in one transaction: stopped at ' +
      'any moment, the database is as it was. A backup of SQLite goes into PostgreSQL, and the other way round, with the same ids, ' +
      'keys, tokens and passwords.\n\n' +
      'Servers may be running: on PostgreSQL they obey at once, on SQLite within two seconds. What was made after the backup is ' +
      'gone, and what was revoked after it is back: revoke it again.',
  })
    .option('--replace', 'delete everything that is in the database first, every table of it')
    .option('--yes', 'with --replace: do not ask')
    .option('--with-other-key', 'go on though the secrets in the backup are under another secret key')
    .option('--json', 'print what was restored as JSON');
  withConfigFile(restore).action((file: string, flags: Flags) =>
    expectingFailures(() => restoreFrom(file, flags)),
  );
}

async function restoreFrom(file: string, flags: Flags): Promise<void> {
  const { config, json, yes, replace = false, withOtherKey = false } = flags;
  if (replace && !yes) await requireConsent();
  const server = await import('../../server/main.ts');
  const progress = startProgress('Restoring');
  try {
    const { secretKey: _secretKey, ...done } = await server.restoreFrom({ configFile: config }, file, {
      replace,
      withOtherKey,
      onProgress: progress.show,
    });
    progress.end();
    if (json) printJson(done);
    else print(`Restored: ${done.rows.toLocaleString('en')} rows, as they were ${done.madeAt}.`);
    for (const step of done.upgraded) say(`Brought up to ${step}.`);
  } finally {
    progress.end();
  }
}

async function requireConsent(): Promise<void> {
  const what = 'Everything that is in the database will be deleted for good.';
  if (!canAsk()) throw usageFailure(what, 'Add --yes if that is meant.');
  if (!(await agrees(`${what} Go on?`))) throw new Failure(EXIT.failure, 'nothing was changed');
}
