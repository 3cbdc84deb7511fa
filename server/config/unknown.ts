import { variableName } from './env.ts';
import { isUnusedKey, isUnusedSection, listUnusedKeys, unusedSections } from './grafana-names.ts';
import type { ConfigFile } from './config-file.ts';
import { findSetting, listSettings, patternOf } from './settings.ts';

const mostWarnings = 20;
const all = listSettings();
const ownSections = [...new Set(all.map(({ section }) => section))];

/** One line for each section, key and variable that sets nothing here, with the name that may be meant. */
export function warnOfUnknown(file: ConfigFile | undefined, variables: readonly string[]): string[] {
  const lines = new Map<string, string>();
  for (const { name, line } of file?.ini.sections ?? []) {
    if (ownSections.includes(name) || patternOf(name) !== undefined || lines.has(name)) continue;
    lines.set(name, `${file?.name}:${line}: ${sectionWarning(name)}`);
  }
  for (const { section, key, line } of file?.ini.entries ?? []) {
    const name = `${section}\n${key}`;
    const isOwn = ownSections.includes(section) || patternOf(section) !== undefined;
    if (!isOwn || findSetting(section, key) !== undefined || lines.has(name)) continue;
    lines.set(name, `${file?.name}:${line}: ${keyWarning(section, key)}`);
  }
  const fromVariables = variables.map(variableWarning).filter((line) => line !== undefined);
  return shortened([...lines.values(), ...fromVariables]);
}

function sectionWarning(section: string): string {
  if (isUnusedSection(section)) return `[${section}] is not used by Latchkey`;
  const near = nearest(section, ownSections);
  return `unknown section [${cut(section)}]${near === undefined ? '' : `; did you mean [${near}]?`}`;
}

function keyWarning(section: string, key: string): string {
  if (isUnusedKey(section, key)) return `[${section}] ${key} is not used by Latchkey`;
  const near = nearest(
    key,
    all.filter((row) => row.section === (patternOf(section) ?? section)).map((row) => row.key),
  );
  if (near !== undefined) return `unknown key [${section}] ${cut(key)}; did you mean ${near}?`;
  const [elsewhere, ...others] = all.filter((row) => row.key === key);
  const hint =
    elsewhere !== undefined && others.length === 0 ? `; did you mean [${elsewhere.section}] ${key}?` : '';
  return `unknown key [${section}] ${cut(key)}${hint}`;
}

function variableWarning(variable: string): string | undefined {
  const name = variable.replace(/__FILE$/, '');
  const inSection = (section: string) => name.startsWith(variableName(section, '').replace(/_+$/, '_'));
  const unusedKey = listUnusedKeys().some(([section, key]) => variableName(section, key) === name);
  if (unusedKey || unusedSections.some(inSection)) return `environment ${variable} is not used by Latchkey`;
  const near = nearest(
    name,
    all.filter(({ key }) => key !== '*').map((row) => variableName(row.section, row.key)),
  );
  if (near !== undefined) return `environment ${cut(variable)} sets nothing; did you mean ${near}?`;
  // The prefix belongs to nobody, so a name outside every section may be another program's.
  return ownSections.some(inSection)
    ? `environment ${cut(variable)} sets nothing: there is no such setting`
    : undefined;
}

function shortened(lines: string[]): string[] {
  if (lines.length <= mostWarnings) return lines;
  return [...lines.slice(0, mostWarnings), `… and ${lines.length - mostWarnings} more unknown names`];
}

function cut(name: string): string {
  return name.length > 60 ? `${name.slice(0, 60)}…` : name;
}

function nearest(name: string, known: readonly string[]): string | undefined {
  const limit = Math.max(1, Math.min(3, Math.floor(name.length / 4)));
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - name.length) >= bestDistance) continue;
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

function editDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const replace = (previous[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      current.push(Math.min(replace, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous.at(-1) ?? 0;
}
