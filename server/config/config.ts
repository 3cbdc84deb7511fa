import { resolve as resolvePath } from 'node:path';
import { checkTogether } from './checks.ts';
import { readConfigFile, readSecretFile } from './config-file.ts';
import type { ConfigFile } from './config-file.ts';
import { ConfigError } from './config-error.ts';
import { readEnvironment } from './env.ts';
import type { Environment } from './env.ts';
import { give, resolver } from './given.ts';
import type { AllGiven, Resolve, Resolved } from './given.ts';
import type { Bases } from './kinds.ts';
import { settle } from './settle.ts';
import type { ConfigEntry } from './settle.ts';
import { findSetting, listSettings } from './settings.ts';
import type { Config, Overrides } from './settings.ts';
import { hidePasswords, mask, quoted } from './shown.ts';
import { warnOfUnknown } from './unknown.ts';

export type { Config } from './settings.ts';

type LoadOptions = {
  /** The directory of the installation; relative paths start here. */
  readonly home: string;
  /** Read instead of conf/latchkey.ini; it must exist. */
  readonly configFile?: string | undefined;
  readonly env: Environment;
  /** Stronger than everything else: the command line, or a test. */
  readonly overrides?: Overrides | undefined;
};

export type ConfigRow = { section: string; key: string; value: string; source: string; meaning: string };

const OPEN_STACKS_ON_POSTGRES = '12';
const layers = { file: 1, environment: 2, override: 3 };

/** The configuration in force, frozen, with where each value came from; a wrong value throws a ConfigError. */
export function loadConfig(options: LoadOptions): {
  config: Config;
  warnings: string[];
  entries: ConfigEntry[];
} {
  const { home, env, overrides = {} } = options;
  const readSecret = (path: string) => readSecretFile(resolvePath(home, path));
  const file = readConfigFile(home, options.configFile);
  const environment = readEnvironment(env, readSecret);
  const given: AllGiven = new Map();
  const repeated = giveFile(given, file);
  for (const value of environment.values) {
    give(given, value.section, value.key, { ...value, layer: layers.environment });
  }
  giveOverrides(given, overrides);

  // Settled first, because what they find out changes what was given.
  const early = resolver(given, env, readSecret);
  const implied = [...shareTwins(early, { home, data: home }), ...typeFromUrl(early), ...fewerStacks(early)];
  for (const { section, key, resolved } of implied) give(given, section, key, { ...resolved, literal: true });

  const resolve = resolver(given, env, readSecret);
  const { config, entries } = settle(given, resolve, home);
  const unknown = warnOfUnknown(file, environment.unknown);
  const together = checkTogether({ config, resolve });
  return { config, entries, warnings: [...unknown, ...repeated, ...together] };
}

/** Rows for people to read: secrets and passwords inside addresses hidden. */
export function describeConfig(entries: readonly ConfigEntry[]): ConfigRow[] {
  return entries.map(({ section, key, text, source, setting }) => {
    const hidden = setting.secret === 'whole' && text !== '';
    return { section, key, value: hidden ? mask : hidePasswords(text), source, meaning: setting.meaning };
  });
}

function giveFile(given: AllGiven, file: ConfigFile | undefined): string[] {
  const warnings = new Map<string, string>();
  for (const { section, key, value, line } of file?.ini.entries ?? []) {
    const source = `${file?.name}:${line}`;
    const before = given.get(section)?.get(key);
    if (before !== undefined && findSetting(section, key) !== undefined) {
      warnings.set(
        `[${section}] ${key}`,
        `${source}: [${section}] ${key} is set again; ${before.source} no longer counts`,
      );
    }
    give(given, section, key, { text: value, source, layer: layers.file, literal: false });
  }
  return [...warnings.values()];
}

function giveOverrides(given: AllGiven, overrides: Overrides): void {
  for (const [section, keys] of Object.entries(overrides)) {
    for (const [key, value] of Object.entries(keys)) {
      if (value === undefined) continue;
      const text = String(value);
      give(given, section, key, { text, source: 'command line', layer: layers.override, literal: true });
    }
  }
}

type Implied = { readonly section: string; readonly key: string; readonly resolved: Resolved };

function shareTwins(resolve: Resolve, bases: Bases): Implied[] {
  return listSettings().flatMap(({ section, key, setting }) => {
    if (setting.twin === undefined) return [];
    const mine = resolve(section, key);
    const theirs = resolve(setting.twin, key);
    // What is not allowed is named where it stands, and not here.
    if (theirs.layer === 0 || setting.parse(theirs.text, bases) === undefined) return [];
    if (mine.layer === 0) return [{ section, key, resolved: theirs }];
    if (mine.text === theirs.text || Number(mine.text) === Number(theirs.text)) return [];
    const [first, second] = [place(section, key, mine), place(setting.twin, key, theirs)];
    throw new ConfigError(`${first} and ${second} mean the same and differ; set one of them`);
  });
}

function typeFromUrl(resolve: Resolve): Implied[] {
  const url = resolve('database', 'url');
  if (url.text === '' || resolve('database', 'type').layer > 0) return [];
  return [{ section: 'database', key: 'type', resolved: { ...url, text: 'postgres' } }];
}

/** A PostgreSQL takes 100 connections unless it is told otherwise: each open stack has up to 5, the server and its cloud side 11 each. */
function fewerStacks(resolve: Resolve): Implied[] {
  const isPostgres =
    resolve('database', 'url').text !== '' || resolve('database', 'type').text === 'postgres';
  const given = resolve('cloud', 'open_stacks');
  if (!isPostgres || given.layer > 0) return [];
  return [{ section: 'cloud', key: 'open_stacks', resolved: { ...given, text: OPEN_STACKS_ON_POSTGRES } }];
}

function place(section: string, key: string, { text, source }: Resolved): string {
  return `[${section}] ${key} = ${quoted(text)} (${source})`;
}
