import { ConfigError } from './config-error.ts';
import type { AllGiven, Resolve, Resolved } from './given.ts';
import { moduleName } from './kinds.ts';
import type { Bases, LevelMap, LogLevel, Setting } from './kinds.ts';
import { mergeFilters } from './log-filters.ts';
import { listSettings, nameIn, patternOf } from './settings.ts';
import type { Config } from './settings.ts';
import { quoted } from './shown.ts';

/** One setting in force; `text` may be secret: show people the rows of `describeConfig` instead. */
export type ConfigEntry = {
  readonly section: string;
  readonly key: string;
  readonly text: string;
  readonly source: string;
  readonly setting: Setting<unknown>;
};

type Row = { readonly section: string; readonly key: string; readonly setting: Setting<unknown> };
type Settled = { readonly config: Config; readonly entries: ConfigEntry[] };

/** Turns every text into its value; the first that is not allowed stops with a ConfigError. */
export function settle(given: AllGiven, resolve: Resolve, home: string): Settled {
  const dataRow = listSettings().find(({ section, key }) => section === 'paths' && key === 'data');
  const data = dataRow && (parse(dataRow, resolve('paths', 'data'), { home, data: home }) as string);
  const bases = { home, data: data ?? home };
  const config: Record<string, Record<string, unknown>> = { 'cloud.region.*': {} };
  const entries: ConfigEntry[] = [];
  const rows = listSettings().flatMap((row) => rowsOf(given, row));
  for (const row of rows) {
    const { section, key, setting } = row;
    const resolved = resolve(section, key);
    const value = parse(row, resolved, bases);
    const text = setting.type === 'path' ? String(value) : resolved.text;
    place(config, section)[key] = value;
    entries.push({ section, key, text, source: resolved.source, setting });
  }
  const filters = filtersOf(rows, resolve, bases);
  config['log'] = { ...config['log'], filters };
  config['log.filters'] = filters;
  return { config: frozen(config) as Config, entries };
}

function parse({ section, key, setting }: Row, { text, source }: Resolved, bases: Bases): unknown {
  const value = setting.parse(text, bases);
  if (value !== undefined) return value;
  const shown = setting.secret === undefined ? ` = ${quoted(text)}` : '';
  throw new ConfigError(`[${section}] ${key}${shown} (${source}) must be ${setting.allowed}`);
}

/** The rows that a row of the table stands for. */
function rowsOf(given: AllGiven, row: Row): Row[] {
  if (row.key === '*') return modulesOf(given, row);
  if (!row.section.endsWith('.*')) return [row];
  const sections = [...given.keys()].filter((section) => nameIn(row.section, section) !== undefined);
  return sections.map((section) => ({ ...row, section }));
}

/** Where the values of a section are: those of one with a name are together below the section with the `*`. */
function place(config: Record<string, Record<string, unknown>>, section: string): Record<string, unknown> {
  const pattern = patternOf(section);
  if (pattern === undefined) return (config[section] ??= {});
  const together = (config[pattern] ??= {}) as Record<string, Record<string, unknown>>;
  return (together[nameIn(pattern, section) ?? ''] ??= {});
}

function modulesOf(given: AllGiven, { section, setting }: Row): Row[] {
  return [...(given.get(section) ?? [])].map(([key, { source }]) => {
    if (moduleName.test(key)) return { section, key, setting };
    throw new ConfigError(
      `[${section}] ${quoted(key)} (${source}) must be a name of letters, digits and . _ -`,
    );
  });
}

function filtersOf(rows: readonly Row[], resolve: Resolve, bases: Bases): LevelMap {
  const parts = rows.filter(
    (row) => row.section === 'log.filters' || (row.section === 'log' && row.key === 'filters'),
  );
  return mergeFilters(
    parts.map((row) => {
      const { section, key } = row;
      const resolved = resolve(section, key);
      const value = parse(row, resolved, bases);
      const levels = section === 'log' ? (value as LevelMap) : { [key]: value as LogLevel };
      return { levels, layer: resolved.layer, place: `[${section}] ${key} (${resolved.source})` };
    }),
  );
}

function frozen(config: Record<string, Record<string, unknown>>): unknown {
  for (const section of Object.values(config)) {
    for (const value of Object.values(section)) Object.freeze(value);
    Object.freeze(section);
  }
  return Object.freeze(config);
}
