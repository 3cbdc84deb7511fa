import type { loadConfig } from './config/config.ts';
import { variableName } from './config/env.ts';

type Entries = ReturnType<typeof loadConfig>['entries'];

/** Puts together a command that finds this server's database and administrator from any shell. */
export type OwnCommand = (command: string) => string;

/** With the variables and the file that say where those are; what is secret in them is left out, as `…`. */
export function ownCommand(entries: Entries, configFile: string | undefined): OwnCommand {
  const variables = entries.flatMap(({ section, key, text, source, setting }) => {
    const isNeeded =
      section === 'database' || key === 'admin_user' || (section === 'paths' && key === 'data');
    const variable = source.replace(/^environment /, '');
    // Others say what a variable implies for them.
    if (!isNeeded || variable.replace(/__FILE$/, '') !== variableName(section, key)) return [];
    if (setting.secret !== undefined) return [`${variable}=…`];
    return [`${variableName(section, key)}=${quotedForShell(text)}`];
  });
  const flag = configFile === undefined ? [] : ['--config', quotedForShell(configFile)];
  return (command) => [...variables, 'npx latchkey', command, ...flag].join(' ');
}

function quotedForShell(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
