import type { Command } from 'commander';
import { addCommand, withConfigFile } from '../command.ts';
import { EXIT, Failure } from '../failure.ts';
import { print, say } from '../output.ts';
import { expectingFailures } from './expected.ts';

interface Flags {
  config?: string;
  org: string;
  key: string;
}

/** `latchkey cloud init` */
export function addCloudInit(cloud: Command): void {
  const init = addCommand(cloud, 'init', {
    summary:
      'make a cloud organization, or another key of an Admin of one, and print the key alone on standard output',
    examples: ['latchkey cloud init --org acme', 'latchkey cloud init --org acme --key second'],
    more: 'The key has the role Admin, and is printed this once. Servers may be running; they need [cloud] enabled = true.',
  });
  withConfigFile(init)
    .requiredOption('--org <name>', 'what the organization is called')
    .option('--key <name>', 'what the key is called', 'first')
    .action((flags: Flags) => expectingFailures(() => initCloud(flags)));
}

async function initCloud(flags: Flags): Promise<void> {
  if (flags.org.trim() === '') throw new Failure(EXIT.usage, 'An organization needs a name: --org acme');
  const { beginCloud } = await import('../../server/main.ts');
  const { ApiError } = await import('../../server/errors.ts');
  try {
    const { slug, token, isNew, isEnabled } = await beginCloud({ configFile: flags.config }, flags);
    say(
      `${isNew ? 'Made the cloud organization' : 'Another key of the cloud organization'} ${slug}. The key is shown this once:`,
    );
    print(token);
    if (!isEnabled) say('Set [cloud] enabled = true, and start the server again, to use it.');
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw new Failure(EXIT.failure, error.message, {
      detail: 'Another name by --key makes another key, another name by --org another organization.',
    });
  }
}
