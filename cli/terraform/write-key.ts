import { type Body, type Entry, NotUnderstood, type Section, type Setting } from './body.ts';
import type { Span } from './hcl.ts';
import type { KeyContent } from './key-block.ts';
import { layOut, type Line } from './layout.ts';
import { argumentIn, type Part } from './resources.ts';

/** How the new resources are called. */
export interface Names {
  /** Of both resources in the configuration. */
  label: string;
  /** Of the account on the server, where it is not to be the key's. */
  accountName?: string | undefined;
  /** The token's name on the server is the key's with this behind it. */
  suffix: string;
  /** The account is one that is there and that somebody has disabled. */
  isDisabled?: boolean;
  /** The account, where several keys share it. */
  shared?: SharedAccount | undefined;
}

export interface SharedAccount {
  label: string;
  name: string;
  isDisabled?: boolean;
}

interface Writing {
  key: KeyContent;
  part: Part;
  names: Names;
  /** What a part of the file says, with its references brought up to date. */
  textOf(span: Span): string;
}

const PARTS: readonly Part[] = ['account', 'token'];
// What a new token has the same value for as the key had. Its name differs.
const SAME_IN_TOKEN = ['key', 'expiration', 'seconds_to_live'];
const SAME_IN_ACCOUNT = ['name', 'role', 'org_id'];

/** The resources that take a key's place, in its own order and with its own comments. Throws NotUnderstood. */
export function writeKey(key: KeyContent, names: Names, textOf: Writing['textOf'], lineEnd: string): string {
  const parts = names.shared === undefined ? PARTS : (['token'] as const);
  const blocks = parts.map((part) => {
    const writing = { key, part, names, textOf };
    const isFirst = part === parts[0];
    const remark = isFirst && key.body.remark !== undefined ? ` ${textOf(key.body.remark)}` : '';
    const head = `resource "${key.kind[part]}" "${names.label}" {${remark}`;
    const lines = linesOf(
      writing,
      key.body,
      (entry, other) => writeEntry({ ...writing, part: other }, entry),
      isFirst,
    );
    return [head, ...layOut(lines), '}'].join(lineEnd);
  });
  return blocks.join(lineEnd + lineEnd);
}

/** The account that this key and others share. */
export function writeSharedAccount(
  key: KeyContent,
  { label, name, isDisabled = false }: SharedAccount,
  textOf: Writing['textOf'],
  lineEnd: string,
): string {
  const writing: Writing = {
    key,
    part: 'account',
    names: { label, suffix: '', accountName: name, isDisabled },
    textOf,
  };
  const settings = key.body.entries.flatMap((entry) =>
    entry.kind === 'setting' ? writeSetting(writing, entry) : [],
  );
  const head = `resource "${key.kind.account}" "${label}" {`;
  return [head, ...layOut(settings.map(withoutRemark)), '}'].join(lineEnd);
}

/** The lines of one part. Every comment stays with what it stands at, in the first part that has it. */
function linesOf(
  { part, textOf }: Writing,
  body: Body,
  write: (entry: Entry, part: Part) => Line[],
  isFirst: boolean,
): Line[] {
  const lines: Line[] = [];
  let blanks = 0;
  for (const entry of body.entries) {
    blanks = Math.max(blanks, entry.before.blanks);
    const written = write(entry, part);
    const home = PARTS.find((other) => write(entry, other).length > 0);
    const isHome = home === part || (isFirst && (home === undefined || part === 'token'));
    const comments = isHome ? entry.before.comments.map((span) => plain(textOf(span))) : [];
    const all = [...comments, ...(isHome ? written : written.map(withoutRemark))];
    if (all.length === 0) continue;
    if (lines.length > 0) lines.push(...Array.from({ length: blanks }, () => plain('')));
    lines.push(...all);
    blanks = 0;
  }
  return lines;
}

function withoutRemark(line: Line): Line {
  return { ...line, remark: undefined };
}

function writeEntry(writing: Writing, entry: Entry): Line[] {
  if (entry.kind === 'setting') return writeSetting(writing, entry);
  if (entry.kind === 'remarks') return [];
  if (entry.name === 'lifecycle') return writeLifecycle(writing, entry);
  requireSame(writing, entry, SAME_IN_TOKEN);
  return writing.part === 'token' ? whole(writing, entry) : [];
}

function writeSetting({ key, part, names, textOf }: Writing, setting: Setting): Line[] {
  const { indent } = setting;
  const line = (name: string, value: string): Line[] => {
    const remark = setting.remark && textOf(setting.remark);
    return [{ kind: 'setting', indent, name, value, remark }];
  };
  // The account has the role, and the token has the account.
  if (setting === key.role && part === 'token')
    return line('service_account_id', `${accountOf(key, names)}.id`);
  const name = argumentIn(part, setting.name);
  if (name === undefined) return [];
  const value = textOf(setting.value);
  if (setting === key.role && names.isDisabled) {
    return [
      ...line(name, value),
      { kind: 'setting', indent, name: 'is_disabled', value: 'true', remark: undefined },
    ];
  }
  if (setting !== key.name) return line(name, value);
  if (part === 'token') return line(name, withSuffix(value, setting.shape, names.suffix));
  return line(name, names.accountName === undefined ? value : JSON.stringify(names.accountName));
}

function accountOf({ kind, instances }: KeyContent, { label, shared }: Names): string {
  const account = `${kind.account}.${shared?.label ?? label}`;
  if (instances === undefined) return account;
  return `${account}[${instances === 'count' ? 'count.index' : 'each.key'}]`;
}

function withSuffix(value: string, shape: Setting['shape'], suffix: string): string {
  if (shape === 'string') return `${value.slice(0, -1)}${suffix}"`;
  return shape === 'lines' ? `format("%s${suffix}", ${value})` : `"\${${value}}${suffix}"`;
}

function writeLifecycle(writing: Writing, section: Section): Line[] {
  const { body, indent, remark } = section;
  const { textOf } = writing;
  const write = (entry: Entry, part: Part): Line[] => writeRule({ ...writing, part }, entry);
  const parts = PARTS.filter((part) => body.entries.some((entry) => write(entry, part).length > 0));
  if (parts.length === 0) return writing.part === 'account' ? whole(writing, section) : [];
  if (!parts.includes(writing.part)) return [];
  const isHome = writing.part === parts[0];
  const lines = layOut(linesOf(writing, body, write, isHome));
  if (body.isOneLine)
    return [plain(`${indent}lifecycle { ${lines.join('').trim()} }`, remark && textOf(remark))];
  const head = plain(`${indent}lifecycle {`, isHome && body.remark ? textOf(body.remark) : undefined);
  return [head, ...lines.map((line) => plain(line)), plain(`${indent}}`, remark && textOf(remark))];
}

function writeRule(writing: Writing, entry: Entry): Line[] {
  const { part, textOf } = writing;
  if (entry.kind === 'remarks') return [];
  if (entry.kind === 'section') return writeCondition(writing, entry);
  const { name, indent, remark } = entry;
  const value = textOf(entry.value);
  const line: Line = { kind: 'setting', indent, name, value, remark: remark && textOf(remark) };
  switch (name) {
    case 'prevent_destroy':
    case 'create_before_destroy':
      return [line];
    case 'replace_triggered_by':
      // A new token is what is asked for; the account stays who it is.
      return part === 'token' ? [line] : [];
    case 'ignore_changes': {
      if (value === 'all') return [line];
      const kept = ignoredIn(part, value, entry.line);
      return kept.length === 0 ? [] : [{ ...line, value: `[${kept.join(', ')}]` }];
    }
    default:
      throw new NotUnderstood({ line: entry.line, what: `${name} in lifecycle is not known` });
  }
}

function ignoredIn(part: Part, list: string, line: number): string[] {
  const names = /^\[\s*([\w\s,]*?),?\s*\]$/.exec(list)?.[1]?.split(/[\s,]+/) ?? [''];
  if (names.includes(''))
    throw new NotUnderstood({ line, what: 'ignore_changes is no plain list of arguments' });
  return names.flatMap((name) => argumentIn(part, name) ?? []);
}

function writeCondition(writing: Writing, section: Section): Line[] {
  const { name, line } = section;
  if (name === 'precondition') return writing.part === 'account' ? whole(writing, section) : [];
  if (name !== 'postcondition') throw new NotUnderstood({ line, what: `${name} in lifecycle is not known` });
  const text = writing.textOf(section.span);
  const part = saysOnly(text, SAME_IN_ACCOUNT) ? 'account' : 'token';
  if (part === 'token') requireSame(writing, section, SAME_IN_TOKEN);
  return writing.part === part ? whole(writing, section) : [];
}

function requireSame(
  { textOf }: Writing,
  { span, line, name }: Section,
  attributes: readonly string[],
): void {
  if (saysOnly(textOf(span), attributes)) return;
  throw new NotUnderstood({
    line,
    what: `${name} reads more of the key than the token has with the same value`,
  });
}

function saysOnly(text: string, attributes: readonly string[]): boolean {
  return [...text.matchAll(/\bself\b(?:\s*\.\s*(\w+))?/g)].every(([, name]) =>
    attributes.includes(name ?? ''),
  );
}

function whole({ textOf }: Writing, { span, indent, remark }: Section): Line[] {
  return [plain(indent + textOf(span), remark && textOf(remark))];
}

function plain(text: string, remark?: string): Line {
  return { kind: 'plain', text, remark };
}
