import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { BackupOfAll } from '../../server/backup/manifest.ts';
import { addCommand, withConfigFile } from '../command.ts';
import { print, printJson, say } from '../output.ts';
import { startProgressOfSeveral } from '../progress.ts';
import { printable } from '../text.ts';
import { expectingFailures } from './expected.ts';
import { partly } from './partly.ts';

interface Flags {
  config?: string;
  withSecretKey?: boolean;
  replace?: boolean;
  json?: boolean;
}

/** `latchkey backup …` */
export function addBackup(program: Command): void {
  const backup = addCommand(program, 'backup <path>', {
    summary: 'write all that is in the database into one file',
    examples: [
      'latchkey backup latchkey.backup',
      'latchkey backup "/backups/latchkey-$(date +%F)" --json',
      'latchkey backup moving.backup --with-secret-key',
      'latchkey backup verify latchkey.backup',
    ],
    more:
      'Servers go on meanwhile: the file holds the database as it was at one moment, whatever is written beside it. It is there ' +
      'once it is whole, on disk and read again. It is lines of JSON under gzip, and "latchkey restore" puts it into SQLite or ' +
      'PostgreSQL, whichever it came from.\n\n' +
      'With a cloud side it is a directory: one such file of the server, of the cloud side and of each stack, and manifest.json, which ' +
      'says what is what. Each file holds its database as it was at one moment. A stack that cannot be read is named and left out; the ' +
      'exit code is 6 then, and a whole backup that is there already is kept beside the new one.\n\n' +
      'Keep it as you keep the database: hashes of keys and passwords are in it. The secrets of data sources are in it ' +
      'encrypted, and what encrypts them is not: keep the file secret-key of the data directory, or [security] secret_key, ' +
      'somewhere else. With --with-secret-key it is in the backup too, which then opens every secret by itself.',
  })
    .option('--with-secret-key', 'put the secret key into the file, too')
    .option('--replace', 'take the place of a backup that is there already')
    .option('--json', 'print what is in it as JSON');
  withConfigFile(backup).action((path: string, flags: Flags) => expectingFailures(() => backUp(path, flags)));

  addCommand(backup, 'verify <path>', {
    summary: 'read a backup to its end and say what is in it',
    examples: ['latchkey backup verify latchkey.backup'],
    more: 'Needs no server and no database. Fails for a file that was cut off or altered, and of a directory names each.',
  })
    .option('--json', 'print what is in it as JSON')
    .action((path: string, _flags: Flags, command: Command) =>
      // The command above has the option of that name as well, and takes it for its own.
      expectingFailures(() => verify(path, command.optsWithGlobals())),
    );
}

async function backUp(path: string, { config, json, withSecretKey = false, replace = false }: Flags) {
  const server = await import('../../server/main.ts');
  const progress = startProgressOfSeveral('Backing up');
  try {
    const done = await server.backUpTo({ configFile: config }, path, {
      withSecretKey,
      replace,
      progressOf: progress.of,
    });
    progress.end();
    const place = server.databaseIn({ configFile: config });
    if ('manifest' in done) tellOfAll(done, path, place, json);
    else {
      const { secretKey: _secretKey, ...told } = done;
      if (json) printJson({ ...told, withSecretKey });
      else print(`${done.file}: ${rowsIn(done.rows)} of ${place}, ${bytesIn(done.bytes)}.`);
    }
    say(
      withSecretKey
        ? 'It holds the secret key, too: whoever has it can read every stored secret.'
        : 'What encrypts the secrets in it is not in it: keep the secret key (the file secret-key of the data directory, or ' +
            '[security] secret_key) as well, somewhere else.',
    );
    if ('manifest' in done && done.manifest.missing.length > 0)
      throw partly(
        done.manifest.missing,
        'could not be backed up',
        'Mend or delete them, and back up again.',
      );
  } finally {
    progress.end();
  }
}

function tellOfAll(
  { directory, manifest, bytes }: BackupOfAll,
  path: string,
  place: string,
  json: boolean | undefined,
): void {
  if (json) return printJson({ directory, bytes, ...manifest });
  print(
    `${directory}: the server, the cloud side and ${stacksIn(manifest.stacks.length)} of ${place}, ${bytesIn(bytes)}.`,
  );
  if (directory !== resolve(path)) say(`${path} is whole, and was kept.`);
}

async function verify(path: string, { json }: Flags): Promise<void> {
  const { isOfAll } = await import('../../server/backup/manifest.ts');
  if (isOfAll(path)) return verifyAll(path, json);
  const { readArchive } = await import('../../server/backup/archive.ts');
  const { secretKey, ...contents } = await readArchive(path);
  const withSecretKey = secretKey !== undefined;
  if (json) return printJson({ file: path, ...contents, withSecretKey });
  const { madeAt, rows, tables, steps } = contents;
  print(
    `${path} is whole: ${rowsIn(rows)} in ${tables.length} tables, of ${madeAt}, at ${steps.at(-1) ?? 'no step'}, ` +
      `${withSecretKey ? 'with' : 'without'} the secret key.`,
  );
}

async function verifyAll(directory: string, json: boolean | undefined): Promise<void> {
  const { readBackups } = await import('../../server/backup/manifest.ts');
  const { manifest, server, stacks, failed } = await readBackups(directory);
  const withSecretKey = server.secretKey !== undefined;
  if (json) printJson({ directory, ...manifest, failed, withSecretKey });
  else
    print(
      printable(
        `${directory} has the server, the cloud side and ${stacksIn(stacks.length)}, of ${manifest.madeAt}, ` +
          `${withSecretKey ? 'with' : 'without'} the secret key.`,
      ),
    );
  if (failed.length > 0) throw partly(failed, 'are not in it whole', 'Take another backup.');
}

function stacksIn(count: number): string {
  return count === 1 ? '1 stack' : `${count.toLocaleString('en')} stacks`;
}

function bytesIn(count: number): string {
  return `${count.toLocaleString('en')} bytes`;
}

function rowsIn(count: number): string {
  return `${count.toLocaleString('en')} rows`;
}
