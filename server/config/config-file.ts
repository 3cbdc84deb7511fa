import { resolve } from 'node:path';
import { ConfigError } from './config-error.ts';
import { parseIni } from './ini.ts';
import type { Ini } from './ini.ts';
import { readText } from './read-text.ts';

/** A configuration file, under the name that messages give it. */
export type ConfigFile = { readonly name: string; readonly ini: Ini };

const usualFile = 'conf/latchkey.ini';
const largestFile = 1_048_576;
const largestSecret = 65_536;

/** The file named on the command line, which must exist, or else the usual one under `home`, which need not. */
export function readConfigFile(home: string, named: string | undefined): ConfigFile | undefined {
  const name = named ?? usualFile;
  const path = named === undefined ? resolve(home, name) : resolve(named);
  const text = readOrStop(path, largestFile, `the configuration file ${name}`);
  if (text !== undefined) return { name, ini: parseIni(text, name) };
  if (named === undefined) return undefined;
  throw new ConfigError(`the configuration file ${name} does not exist`);
}

/** What a file that holds one secret says, without the line break at its end. */
export function readSecretFile(path: string): string {
  const text = readOrStop(path, largestSecret, `the file ${path}`);
  if (text === undefined) throw new Error(`names the file ${path}, which does not exist`);
  return text.trim();
}

function readOrStop(path: string, limit: number, name: string): string | undefined {
  try {
    return readText(path, limit);
  } catch (error) {
    throw new ConfigError(`${name} ${(error as Error).message}`, { cause: error });
  }
}
