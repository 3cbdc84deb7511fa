import type { Command } from 'commander';
import type { RequestContext } from '../../server/context.ts';
import { addCommand, withConfigFile } from '../command.ts';
import { EXIT, Failure, usageFailure } from '../failure.ts';
import { print, say } from '../output.ts';
import { askSecret, canAsk, readSecret } from '../prompt.ts';
import { expectingFailures } from './expected.ts';

interface Flags {
  config?: string;
  login?: string;
  passwordStdin?: boolean;
  generate?: boolean;
}

const GENERATED_LETTERS = 24;

/** `latchkey reset-admin-password` */
export function addResetAdminPassword(program: Command): void {
  const reset = addCommand(program, 'reset-admin-password', {
    summary: "set an administrator's password, or anybody's, and end their sessions",
    examples: [
      'latchkey reset-admin-password',
      'latchkey reset-admin-password --generate',
      'latchkey reset-admin-password --login ann --password-stdin < password.txt',
    ],
    more: 'Servers may be running: on PostgreSQL they obey at once, on SQLite within two seconds.',
  });
  withConfigFile(reset)
    .option('--login <login>', 'whose (default: [security] admin_user)')
    .option('--password-stdin', 'read the new password from standard input')
    .option('--generate', 'make a password and print it, alone, on standard output')
    .action((flags: Flags) => expectingFailures(() => resetPassword(flags)));
}

async function resetPassword(flags: Flags): Promise<void> {
  if (flags.generate && flags.passwordStdin)
    throw usageFailure('give one of --generate and --password-stdin');
  if (!flags.generate && !flags.passwordStdin && !canAsk()) {
    throw usageFailure(
      'there is no terminal to ask for the new password',
      'Give --password-stdin or --generate.',
    );
  }
  const { changeFromOutside } = await import('../../server/main.ts');
  const { randomLetters } = await import('../../server/crypto/random.ts');
  const { setPassword } = await import('../../server/modules/users/passwords.ts');
  const password = await changeFromOutside(
    { configFile: flags.config },
    { seals: false },
    async (context) => {
      const login = flags.login ?? context.config.security.admin_user;
      const id = await userIdOf(context, login);
      const chosen = flags.generate ? randomLetters(GENERATED_LETTERS) : await newPassword(login, flags);
      await setPassword(context, id, chosen);
      say(`The password of ${login} is set, and their sessions have ended.`);
      return chosen;
    },
  );
  if (flags.generate) print(password);
}

async function userIdOf(context: RequestContext, login: string): Promise<number> {
  const { getUserIdByLoginOrEmail } = await import('../../server/modules/users/users.ts');
  const id = await getUserIdByLoginOrEmail(context, login);
  if (id !== undefined) return id;
  const { type, path } = context.config.database;
  const where = type === 'postgres' ? 'the PostgreSQL database' : path;
  throw new Failure(EXIT.failure, `nobody in ${where} has the login ${JSON.stringify(login)}`, {
    detail: 'Give --login. The first start of the server makes the first administrator.',
  });
}

async function newPassword(login: string, { passwordStdin }: Flags): Promise<string> {
  if (passwordStdin) return readSecret('password');
  const password = await askSecret(`New password of ${login}: `);
  if ((await askSecret('The same again: ')) !== password)
    throw usageFailure('the two are not the same; nothing was changed');
  return password;
}
