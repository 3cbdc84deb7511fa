import type { Command } from 'commander';
import { addCommand, withConfigFile } from '../command.ts';
import { print, printJson, say } from '../output.ts';
import { startProgress } from '../progress.ts';
import { expectingFailures } from './expected.ts';

interface Flags {
  config?: string;
  withSecretKey?: boolean;
  replace?: boolean;
  json?: boolean;
}

/** `latchkey backup …` */
export function addBackup(program: Command): void {
  const backup = addCommand(program, 'backup <file>', {
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
      'Keep it as you keep the database: hashes of keys and passwords are in it. The secrets of data sources are in it ' +
      'encrypted, and what encrypts them is not: keep the file secret-key of the data directory, or [security] secret_key, ' +
      'somewhere else. With --with-secret-key it is in the backup too, which then opens every secret by itself.',
  })
    .option('--with-secret-key', 'put the secret key into the file, too')
    .option('--replace', 'take the place of a file that is there already')
    .option('--json', 'print what is in it as JSON');
  withConfigFile(backup).action((file: string, flags: Flags) => expectingFailures(() => backUp(file, flags)));

  addCommand(backup, 'verify <file>', {
    summary: 'read a backup to its end and say what is in it',
    examples: ['latchkey backup verify latchkey.backup'],
    more: 'Needs no server and no database. Fails for a file that was cut off or altered.',
  })
    .option('--json', 'print what is in it as JSON')
    .action((file: string, _flags: Flags, command: Command) =>
      // The command above has the option of that name as well, and takes it for its own.
      expectingFailures(() => verify(file, command.optsWithGlobals())),
    );
}

async function backUp(file: string, { config, json, withSecretKey = false, replace = false }: Flags) {
  const server = await import('../../server/main.ts');
  const progress = startProgress('Backing up');
  try {
    const { secretKey, ...done } = await server.backUpTo({ configFile: config }, file, {
      withSecretKey,
      replace,
      onProgress: progress.show,
    });
    progress.end();
    if (json) printJson({ ...done, withSecretKey });
    else print(`${done.file}: ${rowsIn(done.rows)}, ${done.bytes.toLocaleString('en')} bytes.`);
    say(
      secretKey === undefined
        ? 'What encrypts the secrets in it is not in it: keep the secret key (the file secret-key of the data directory, or ' +
            '[security] secret_key) as well, somewhere else.'
        : 'It holds the secret key, too: whoever has it can read every stored secret.',
    );
  } finally {
    progress.end();
  }
}

async function verify(file: string, { json }: Flags): Promise<void> {
  const { readArchive } = await import('../../server/backup/archive.ts');
  const { secretKey, ...contents } = await readArchive(file);
  const withSecretKey = secretKey !== undefined;
  if (json) return printJson({ file, ...contents, withSecretKey });
  const { madeAt, rows, tables, steps } = contents;
  print(
    `${file} is whole: ${rowsIn(rows)} in ${tables.length} tables, of ${madeAt}, at ${steps.at(-1) ?? 'no step'}, ` +
      `${withSecretKey ? 'with' : 'without'} the secret key.`,
  );
}

function rowsIn(count: number): string {
  return `${count.toLocaleString('en')} rows`;
}
