import { resolve } from 'node:path';
import { parseSettingDuration } from '../../client/duration.ts';
import { type AddressRange, parseAddressRanges } from './address-ranges.ts';

/** The directories that a relative path may start from. */
export type Bases = { readonly home: string; readonly data: string };

type Extras = {
  /** `whole`: never shown. `url`: rows show it without its password, errors not at all. */
  readonly secret?: 'whole' | 'url';
  /** Another section in which the same key means the same. */
  readonly twin?: string;
  /** What an error says after "must be", where the kind's own words do not do. */
  readonly allowed?: string;
};

/** One row of the table of settings; `parse` gives undefined for a value that is not allowed. */
export type Setting<T> = Extras & {
  readonly type: string;
  readonly default: string;
  readonly meaning: string;
  readonly allowed: string;
  /** An empty value counts as not set, as in Grafana. */
  readonly emptyIsDefault: boolean;
  readonly parse: (text: string, bases: Bases) => T | undefined;
};

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'critical'] as const;
export type LogLevel = (typeof logLevels)[number];

/** The parts of the server that the log tells apart, as `logger=`. */
export const logParts = ['api', 'auth', 'database', 'server', 'tracing'] as const;
export type LogPart = (typeof logParts)[number];
export type LevelMap = Readonly<Record<string, LogLevel>>;

export const moduleName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Any text that `accepts` lets through, in the form that `tidy` gives it. */
export function text(
  fallback: string,
  meaning: string,
  extras: Extras & { accepts?: (value: string) => boolean; tidy?: (value: string) => string } = {},
): Setting<string> {
  const { accepts = () => true, tidy = (value) => value, ...rest } = extras;
  return {
    type: 'text',
    default: fallback,
    meaning,
    allowed: 'any text',
    emptyIsDefault: false,
    parse: (value) => (accepts(value) ? tidy(value) : undefined),
    ...rest,
  };
}

/** A whole number within limits. */
export function int(
  fallback: number,
  meaning: string,
  extras: Extras & { min: number; max: number; accepts?: (value: number) => boolean },
): Setting<number> {
  const { min, max, accepts = () => true, ...rest } = extras;
  return {
    type: 'whole number',
    default: String(fallback),
    meaning,
    allowed: `a whole number from ${min} to ${max}`,
    emptyIsDefault: true,
    parse: (value) => {
      const number = /^-?\d{1,15}$/.test(value) ? Number(value) + 0 : Number.NaN;
      return number >= min && number <= max && accepts(number) ? number : undefined;
    },
    ...rest,
  };
}

const truths = new Set(['true', 'yes', 'on', '1']);
const falsehoods = new Set(['false', 'no', 'off', '0']);
const isSwitch = (word: string): boolean => truths.has(word) || falsehoods.has(word);

/** True or false, in the spellings that Grafana reads. */
export function bool(
  fallback: boolean,
  meaning: string,
  extras: Extras & { accepts?: (value: boolean) => boolean } = {},
): Setting<boolean> {
  const { accepts = () => true, ...rest } = extras;
  return {
    type: 'true or false',
    default: String(fallback),
    meaning,
    allowed: 'true or false (also yes, no, on, off, 1, 0)',
    emptyIsDefault: true,
    parse: (value) => {
      const word = value.toLowerCase();
      return isSwitch(word) && accepts(truths.has(word)) ? truths.has(word) : undefined;
    },
    ...rest,
  };
}

/** A length of time, in milliseconds. */
export function duration(
  fallback: string,
  meaning: string,
  extras: Extras & { min: string; max: string },
): Setting<number> {
  const { min, max, ...rest } = extras;
  const shortest = parseSettingDuration(min) ?? 0;
  const longest = parseSettingDuration(max) ?? 0;
  return {
    type: 'duration',
    default: fallback,
    meaning,
    allowed: `a duration from ${min} to ${max}, such as 90s or 12h (units s, m, h, d, w, M for 30 days, y)`,
    emptyIsDefault: true,
    parse: (value) => {
      const milliseconds = parseSettingDuration(value);
      if (milliseconds === undefined) return undefined;
      return milliseconds >= shortest && milliseconds <= longest ? milliseconds : undefined;
    },
    ...rest,
  };
}

/** One of a few words, in any case; `aliases` are further spellings. */
export function choice<const Word extends string>(
  words: readonly Word[],
  fallback: string,
  meaning: string,
  extras: Extras & { aliases?: Readonly<Record<string, NoInfer<Word>>> } = {},
): Setting<Word> {
  const { aliases = {}, ...rest } = extras;
  const spellings = new Map<string, Word>(words.map((word) => [word.toLowerCase(), word]));
  for (const [spelling, word] of Object.entries(aliases)) spellings.set(spelling.toLowerCase(), word);
  return {
    type: 'choice',
    default: fallback,
    meaning,
    allowed: words.length === 1 ? `${words[0]}` : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`,
    emptyIsDefault: true,
    parse: (value) => spellings.get(value.toLowerCase()),
    ...rest,
  };
}

/** Some of a few words, in any case, at least one, separated by spaces. */
export function someOf<const Word extends string>(
  known: readonly Word[],
  fallback: NoInfer<Word>,
  meaning: string,
): Setting<readonly Word[]> {
  return {
    type: 'list of words',
    default: fallback,
    meaning,
    allowed: `one or more of ${known.join(', ')}, separated by spaces`,
    emptyIsDefault: true,
    parse: (value) => {
      const given = value
        .toLowerCase()
        .split(/[\s,]+/)
        .filter((part) => part !== '');
      const chosen = known.filter((word) => given.includes(word));
      const areKnown = given.every((word) => chosen.some((one) => one === word));
      return areKnown && chosen.length > 0 ? chosen : undefined;
    },
  };
}

/** A path, made absolute from the home directory or from the data directory. */
export function path(
  fallback: string,
  meaning: string,
  extras: Extras & { from?: keyof Bases } = {},
): Setting<string> {
  const { from = 'home', ...rest } = extras;
  return {
    type: 'path',
    default: fallback,
    meaning,
    allowed: 'a path',
    emptyIsDefault: true,
    parse: (value, bases) => resolve(bases[from], value),
    ...rest,
  };
}

/** A file, made absolute from the home directory; '' for none. A word that switches something on or off is none: it was meant for a switch. */
export function file(meaning: string): Setting<string> {
  return {
    type: 'path',
    default: '',
    meaning,
    allowed: 'a path',
    emptyIsDefault: true,
    parse: (value, bases) => {
      if (isSwitch(value.toLowerCase())) return undefined;
      return value === '' ? '' : resolve(bases.home, value);
    },
  };
}

/** A share of all that happens: none is 0, all is 1. */
export function share(fallback: string, meaning: string): Setting<number> {
  return {
    type: 'off, all or a share',
    default: fallback,
    meaning,
    allowed: 'off, all, or a share from 0 to 1 such as 0.1',
    emptyIsDefault: true,
    parse(value) {
      const word = value.toLowerCase();
      if (word === 'off') return 0;
      if (word === 'all') return 1;
      return /^(0(\.\d{1,9})?|1(\.0{1,9})?)$/.test(value) ? Number(value) : undefined;
    },
  };
}

/** Addresses and ranges of them, separated by spaces or commas. */
export function addressRanges(meaning: string): Setting<readonly AddressRange[]> {
  return {
    type: 'list of addresses',
    default: '',
    meaning,
    allowed: 'addresses and ranges such as 10.0.0.0/8 or fd00::/8, separated by spaces or commas',
    emptyIsDefault: true,
    parse: parseAddressRanges,
  };
}

/** The first and the last of a range of ports. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** A range of ports such as 4000-4999. */
export function portRange(fallback: string, meaning: string): Setting<PortRange> {
  return {
    type: 'range of ports',
    default: fallback,
    meaning,
    allowed: 'a range of ports such as 4000-4999',
    emptyIsDefault: true,
    parse(value) {
      const [, first, last] = /^(\d{1,5})\s*-\s*(\d{1,5})$/.exec(value)?.map(Number) ?? [];
      if (first === undefined || last === undefined) return undefined;
      return first >= 1 && first <= last && last <= 65_535 ? { first, last } : undefined;
    },
  };
}

/** Pairs such as `api:debug auth:warn`. */
export function levels(meaning: string): Setting<LevelMap> {
  return {
    type: 'list of module:level',
    default: '',
    meaning,
    allowed: `pairs such as api:debug auth:warn, with the levels ${logLevels.join(', ')}`,
    emptyIsDefault: true,
    parse: (value) => {
      const map = Object.create(null) as Record<string, LogLevel>;
      for (const pair of value.split(/[\s,]+/).filter((part) => part !== '')) {
        const [module = '', word = '', ...more] = pair.split(/[:=]/);
        const level = logLevels.find((known) => known === word.toLowerCase());
        if (!moduleName.test(module) || level === undefined || more.length > 0) return undefined;
        map[module] = level;
      }
      return map;
    },
  };
}
