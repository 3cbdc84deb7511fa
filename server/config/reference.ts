import { variableName } from './env.ts';
import type { Setting } from './kinds.ts';
import { listSettings } from './settings.ts';

/** The table of settings in Markdown, for docs/configuration.md. */
export function settingsTable(): string {
  const lines = ['| setting | variable | default | meaning | allowed |', '| --- | --- | --- | --- | --- |'];
  for (const { section, key, setting } of listSettings()) {
    const cells = [
      `\`[${section.replace(/\*$/, '<slug>')}] ${key === '*' ? '<module>' : key}\``,
      `\`${variableName(section.replace(/\*$/, '<slug>'), key === '*' ? '<module>' : key)}\``,
      key === '*' || setting.default === '' ? '' : `\`${setting.default}\``,
      meaningOf(setting),
      setting.allowed,
    ];
    lines.push(`| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`);
  }
  return lines.join('\n');
}

/** A commented configuration file with every setting at its default. */
export function sampleIni(): string {
  const lines = [
    '; Copy this file to conf/latchkey.ini and take the semicolon off the lines to change.',
    '; docs/configuration.md says what each value may be.',
  ];
  let current = '';
  for (const { section, key, setting } of listSettings()) {
    if (section !== current) lines.push('', `[${section.replace(/\*$/, 'eu')}]`);
    current = section;
    lines.push(
      `; ${meaningOf(setting)}`,
      key === '*' ? ';api = debug' : `;${key} = ${setting.default}`.trimEnd(),
    );
  }
  return `${lines.join('\n')}\n`;
}

function meaningOf({ meaning, secret }: Setting<unknown>): string {
  return secret === 'whole' ? `${meaning} (secret)` : meaning;
}
