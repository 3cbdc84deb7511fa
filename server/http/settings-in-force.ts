import type { Config } from '../config/config.ts';
import { listSettings } from '../config/settings.ts';
import { hidePasswords, mask } from '../config/shown.ts';

type Value = string | number | boolean | Readonly<Record<string, string>>;
type Values = Readonly<Record<string, Value>>;

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const;

/** Every setting in force by section and key, as text that the ini file would take; what is secret is masked. */
export function settingsInForce(config: Config): Record<string, Record<string, string>> {
  const sections: Record<string, Record<string, string>> = {};
  for (const { section, key, setting } of listSettings()) {
    for (const [place, values] of sectionsOf(config, section)) {
      const shown = (sections[place] ??= {});
      for (const name of key === '*' ? Object.keys(values) : [key]) {
        const text = textOf(values[name] ?? '', setting.type);
        shown[name] = setting.secret === 'whole' && text !== '' ? mask : hidePasswords(text);
      }
    }
  }
  return sections;
}

/** The sections that one of the table stands for: itself, or one for each name. */
function sectionsOf(config: Config, section: string): [section: string, values: Values][] {
  const values: unknown = config[section as keyof Config];
  if (!section.endsWith('.*')) return [[section, values as Values]];
  return Object.entries(values as Record<string, Values>).map(([name, of]) => [
    section.replace('*', name),
    of,
  ]);
}

function textOf(value: Value, type: string): string {
  if (type === 'duration') return durationText(Number(value));
  if (type === 'range of ports') return Object.values(value).join('-');
  if (typeof value !== 'object') return String(value);
  return Object.entries(value)
    .map(([name, level]) => `${name}:${level}`)
    .join(' ');
}

/** Milliseconds in the largest unit that leaves nothing over: 90s, 10m, 7d. */
function durationText(milliseconds: number): string {
  const [unit, length] = UNITS.find(([, size]) => milliseconds > 0 && milliseconds % size === 0) ?? [
    's',
    1000,
  ];
  return `${milliseconds / length}${unit}`;
}
