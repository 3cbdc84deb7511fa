import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { addCommand, withConfigFile } from '../command.ts';
import { EXIT, Failure, usageFailure } from '../failure.ts';
import { print, printJson, say } from '../output.ts';
import { printable } from '../text.ts';
import { startProgress } from '../progress.ts';
import { requireConsent } from './consent.ts';
import { expectingFailures } from './expected.ts';
import { partly } from './partly.ts';

interface Flags {
  config?: string;
  json?: boolean;
  forgetUnreadable?: boolean;
  yes?: boolean;
}

/** `latchkey reencrypt-secrets` */
export function addReencryptSecrets(program: Command): void {
  const reencrypt = addCommand(program, 'reencrypt-secrets', {
    summary: 'put every stored secret under a new secret key',
    examples: ['latchkey reencrypt-secrets', 'latchkey reencrypt-secrets --config /etc/latchkey.ini --json'],
    more:
      'First set [security] secret_key to the new key and previous_secret_key to the old one, and restart every ' +
      'server: they read secrets under both. Then run this, remove previous_secret_key, and restart once more. ' +
      'The key that a server made for itself is in the file secret-key of its data directory. ' +
      'This command needs both keys, too: where the servers have them from the environment, it does as well. ' +
      'With a cloud side it goes through the database of each stack, too, of those that are deleted and still kept as well. ' +
      'Stopped at any moment, this can be run again.',
  });
  withConfigFile(reencrypt)
    .option('--forget-unreadable', 'delete secrets whose key is lost, so that they can be set anew')
    .option('--yes', 'with --forget-unreadable: do not ask')
    .option('--json', 'print what was done as JSON')
    .action((flags: Flags) => expectingFailures(() => reencryptAll(flags)));
}

async function reencryptAll({ config, json, yes, forgetUnreadable = false }: Flags): Promise<void> {
  if (forgetUnreadable && !yes)
    await requireConsent('Every secret that neither of the two keys opens will be deleted for good.');
  const { changeFromOutside, changeStacksFromOutside } = await import('../../server/main.ts');
  const { reencryptSecrets } = await import('../../server/modules/secret-key/secret-key.ts');
  const { done: ofServer, leftover } = await changeFromOutside(
    { configFile: config },
    { seals: true },
    async (context) => {
      const { security, paths } = context.config;
      if (security.previous_secret_key === '' && !forgetUnreadable) throw nothingToExchange();
      const file = join(paths.data, 'secret-key');
      const isStale = existsSync(file) && readFileSync(file, 'utf8').trim() !== security.secret_key;
      return {
        done: await reencryptSecrets(context, { forgetUnreadable }),
        leftover: isStale ? file : undefined,
      };
    },
  );
  const progress = startProgress('Stacks');
  const { done: ofStacks, failed } = await changeStacksFromOutside(
    { configFile: config },
    (context) => reencryptSecrets(context, { forgetUnreadable }),
    progress.show,
  ).finally(progress.end);
  const unreadable = [
    ...ofServer.unreadable,
    ...ofStacks.flatMap(({ slug, result }) => result.unreadable.map((name) => `stack ${slug}, ${name}`)),
  ];
  const ofAll = [ofServer, ...ofStacks.map(({ result }) => result)];
  const done = {
    dataSourceSecrets: sum(ofAll, 'dataSourceSecrets'),
    ssoSecrets: sum(ofAll, 'ssoSecrets'),
    unreadable,
  };
  if (json) printJson({ ...done, ...(failed.length > 0 && { failed }) });
  else
    print(`Encrypted anew: ${done.dataSourceSecrets} of data sources, ${done.ssoSecrets} of single sign-on.`);
  for (const name of unreadable)
    say(printable(`${forgetUnreadable ? 'Forgotten' : 'Not readable'}: ${name}`));
  if (failed.length > 0)
    throw partly(
      failed,
      'are not done',
      'Keep previous_secret_key. Mend or delete them, and run this again; the others are done.',
    );
  if (unreadable.length === 0 || forgetUnreadable) {
    say('Everything is under [security] secret_key: previous_secret_key can go, here and for every server.');
    if (leftover !== undefined)
      say(`${leftover} holds another key, which opens nothing any more: it can go, too.`);
    return;
  }
  throw new Failure(EXIT.failure, `${unreadable.length} secrets are under a key that is neither of the two`, {
    detail:
      'Give the key they are under as previous_secret_key and run this again. If it is lost: --forget-unreadable.',
  });
}

type Counted = 'dataSourceSecrets' | 'ssoSecrets';

function sum(counts: readonly Record<Counted, number>[], what: Counted): number {
  return counts.reduce((total, count) => total + count[what], 0);
}

function nothingToExchange(): Failure {
  return usageFailure(
    '[security] previous_secret_key is not set here, so there is nothing to exchange',
    'This command needs both keys as the servers have them: in its configuration file, or as GF_SECURITY_SECRET_KEY and ' +
      'GF_SECURITY_PREVIOUS_SECRET_KEY.',
  );
}
