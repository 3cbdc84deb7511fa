import type { Command } from 'commander';
import { addCommand, withConfigFile } from '../command.ts';
import { print, printJson, say } from '../output.ts';
import { startProgressOfSeveral } from '../progress.ts';
import { printable } from '../text.ts';
import { requireConsent } from './consent.ts';
import { expectingFailures } from './expected.ts';
import { partly } from './partly.ts';

interface Flags {
  config?: string;
  replace?: boolean;
  yes?: boolean;
  withOtherKey?: boolean;
  json?: boolean;
}

/** `latchkey restore` */
export function addRestore(program: Command): void {
  const restore = addCommand(program, 'restore <path>', {
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
      'gone, and what was revoked after it is back: revoke it again.\n\n' +
      'Of a directory, the server, the cloud side and every stack are restored, each in a transaction of its own: stop the servers first, ' +
      'and run it again with --replace where it was stopped in between. A stack whose backup is missing or damaged keeps the database that ' +
      'it has; without any it is suspended. The exit code is 6 then.',
  })
    .option('--replace', 'delete everything that is in the database first, every table of it')
    .option('--yes', 'with --replace: do not ask')
    .option('--with-other-key', 'go on though the secrets in the backup are under another secret key')
    .option('--json', 'print what was restored as JSON');
  withConfigFile(restore).action((path: string, flags: Flags) =>
    expectingFailures(() => restoreFrom(path, flags)),
  );
}

async function restoreFrom(path: string, flags: Flags): Promise<void> {
  const { config, json, yes, replace = false, withOtherKey = false } = flags;
  const { isOfAll } = await import('../../server/backup/manifest.ts');
  const isOfSeveral = isOfAll(path);
  if (replace && !yes) await requireConsentFor(isOfSeveral);
  const server = await import('../../server/main.ts');
  const progress = startProgressOfSeveral('Restoring');
  try {
    const done = await server.restoreFrom({ configFile: config }, path, {
      replace,
      withOtherKey,
      progressOf: progress.of,
    });
    progress.end();
    if (json) printJson(done);
    else {
      const place = server.databaseIn({ configFile: config });
      print(`Restored into ${place}: ${done.rows.toLocaleString('en')} rows, as they were ${done.madeAt}.`);
    }
    for (const step of done.upgraded) say(`Brought up to ${step}.`);
    if (!('failed' in done) || done.failed.length === 0) return;
    for (const slug of done.suspended) say(printable(`Suspended, as it has no database: ${slug}`));
    throw partly(
      done.failed,
      'could not be restored',
      'Mend what is said above, and run it again with --replace. Until then a suspended one has no data, and any other what it had before.',
    );
  } finally {
    progress.end();
  }
}

function requireConsentFor(isOfSeveral: boolean): Promise<void> {
  const where = isOfSeveral ? 'the databases of the server, the cloud side and every stack' : 'the database';
  return requireConsent(`Everything that is in ${where} will be deleted for good.`);
}
