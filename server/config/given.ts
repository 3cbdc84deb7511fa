import { hostname } from 'node:os';
import { ConfigError } from './config-error.ts';
import { type Environment, fileReader } from './env.ts';
import { expand } from './expand.ts';
import type { Lookups } from './expand.ts';
import { findSetting } from './settings.ts';

/** A value as somebody wrote it; a higher layer overrules a lower one. */
export type Given = {
  readonly text: string;
  readonly source: string;
  readonly layer: number;
  readonly literal: boolean;
};

/** What was given, by section and key. */
export type AllGiven = Map<string, Map<string, Given>>;

/** A value with everything in it replaced; layer 0 is the built-in default. */
export type Resolved = { readonly text: string; readonly source: string; readonly layer: number };
export type Resolve = (section: string, key: string) => Resolved;

const deepest = 20;
const longestValue = 65_536;

/** Puts a value in its place, over whatever was there. */
export function give(given: AllGiven, section: string, key: string, value: Given): void {
  const keys = given.get(section) ?? new Map<string, Given>();
  given.set(section, keys.set(key, value));
}

/** A function that tells each setting's text in force, with variables, files and other keys replaced. */
export function resolver(given: AllGiven, env: Environment, readFile: (path: string) => string): Resolve {
  const known = new Map<string, Resolved>();

  const resolve = (section: string, key: string, depth: number): Resolved => {
    const name = `${section}\n${key}`;
    const done = known.get(name);
    if (done !== undefined) return done;
    const resolved = resolveAnew(section, key, depth);
    known.set(name, resolved);
    return resolved;
  };

  const resolveAnew = (section: string, key: string, depth: number): Resolved => {
    const setting = findSetting(section, key);
    const fallback: Given = { text: setting?.default ?? '', source: 'default', layer: 0, literal: false };
    const value = given.get(section)?.get(key) ?? fallback;
    const text = replaceAllIn(value, section, key, depth);
    if (text === '' && setting?.emptyIsDefault === true) {
      return { text: replaceAllIn(fallback, section, key, depth), source: 'default', layer: 0 };
    }
    return { text, source: value.source, layer: value.layer };
  };

  const replaceAllIn = (value: Given, section: string, key: string, depth: number): string => {
    if (value.literal) return value.text;
    const { secret } = findSetting(section, key) ?? {};
    const lookups: Lookups = {
      variable: (name) => variable(name, secret !== undefined),
      file: fileReader({ section, key }, readFile),
      ...(secret === 'whole' ? {} : { setting: (name: string) => referTo(section, name, depth) }),
    };
    try {
      const text = expand(value.text, lookups);
      if (text.length > longestValue) throw new Error(`is longer than ${longestValue} characters`);
      return text;
    } catch (error) {
      if (error instanceof ConfigError) throw error;
      throw new ConfigError(`[${section}] ${key} (${value.source}) ${(error as Error).message}`, {
        cause: error,
      });
    }
  };

  const referTo = (section: string, name: string, depth: number): string => {
    if (depth >= deepest) throw new Error(`refers to itself through %(${name})s`);
    for (const place of [section, 'DEFAULT']) {
      const exists = findSetting(place, name) !== undefined || given.get(place)?.has(name) === true;
      if (exists) return resolve(place, name, depth + 1).text;
    }
    throw new Error(`refers to %(${name})s, which neither [${section}] nor [DEFAULT] has`);
  };

  const variable = (name: string, isSecret: boolean): string => {
    const content = env[name];
    // Grafana: the machine's name stands in for a missing HOSTNAME.
    if (name === 'HOSTNAME' && (content ?? '') === '') return hostname() || 'localhost';
    if (content !== undefined) return content;
    // In a secret the name may be a piece of the secret itself.
    const which = isSecret ? 'an environment variable' : `the environment variable ${name}`;
    throw new Error(`names ${which} that is not set`);
  };

  return (section, key) => resolve(section, key, 0);
}
