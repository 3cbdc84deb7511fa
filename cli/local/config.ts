import type { Command } from 'commander';
import { addCommand, withConfigFile } from '../command.ts';
import { printJson, printTable, say } from '../output.ts';
import { expectingFailures } from './expected.ts';

interface Flags {
  config?: string;
  json?: boolean;
  changed?: boolean;
}

const DEFAULT = 'default';

/** `latchkey config` */
export function addConfig(program: Command): void {
  const config = addCommand(program, 'config', {
    summary: 'show what is configured and where each value comes from',
    examples: [
      'latchkey config --changed',
      'latchkey config --config /etc/latchkey.ini',
      'latchkey config --json',
    ],
    more: 'Secrets are hidden. A value that is not allowed is named, with what is.',
  });
  withConfigFile(config)
    .option('--changed', 'only what is not the default')
    .option('--json', 'print JSON, with the meaning of each setting')
    .action((flags: Flags) => expectingFailures(() => showConfig(flags)));
}

async function showConfig(flags: Flags): Promise<void> {
  const { readSettings } = await import('../../server/main.ts');
  const { rows, warnings } = readSettings({ configFile: flags.config });
  const settings = rows.filter(({ source }) => !flags.changed || source !== DEFAULT);
  if (flags.json) return printJson({ settings, warnings });
  for (const warning of warnings) say(`Warning: ${warning}`);
  if (settings.length === 0) return say('Everything is as built in.');
  printTable(
    [
      { title: 'SECTION' },
      { title: 'KEY' },
      { title: 'VALUE', flexible: true },
      { title: 'FROM', flexible: true },
    ],
    settings.map(({ section, key, value, source }) => [section, key, value, source]),
  );
}
