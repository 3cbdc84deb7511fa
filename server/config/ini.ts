import { ConfigError } from './config-error.ts';

type IniSection = { readonly name: string; readonly line: number };
type IniEntry = {
  readonly section: string;
  readonly key: string;
  readonly value: string;
  readonly line: number;
};
export type Ini = { readonly sections: IniSection[]; readonly entries: IniEntry[] };

type Reader = { readonly file: string; readonly lines: string[]; next: number };

const fences = ['"""', "'''"];
const quotes = ['"', "'", '`'];

/** Sections and keys of a text in Grafana's ini format, in order; a ConfigError names `file` and the line. */
export function parseIni(text: string, file: string): Ini {
  const reader: Reader = { file, lines: text.replace(/^\uFEFF/, '').split(/\r?\n/), next: 0 };
  const sections: IniSection[] = [];
  const entries: IniEntry[] = [];
  let section = 'DEFAULT';
  while (reader.next < reader.lines.length) {
    const line = reader.next + 1;
    const content = takeLine(reader).trim();
    if (content === '' || isComment(content)) continue;
    if (content.startsWith('[')) {
      section = sectionName(content, reader);
      sections.push({ name: section, line });
    } else {
      entries.push({ section, ...keyAndValue(content, reader), line });
    }
  }
  return { sections, entries };
}

function takeLine(reader: Reader): string {
  const content = reader.lines[reader.next] ?? '';
  reader.next += 1;
  if (hasControlCharacter(content))
    throw unreadable(reader, 'has a control character; save the file as plain text');
  return content;
}

function sectionName(content: string, reader: Reader): string {
  const end = content.indexOf(']');
  const name = content.slice(1, end).trim();
  if (end === -1 || name === '') throw unreadable(reader, 'is no section heading; write it as [name]');
  const rest = content.slice(end + 1).trim();
  if (rest !== '' && !isComment(rest)) {
    throw unreadable(reader, `has text after [${name}]; put each key on a line of its own`);
  }
  return name;
}

function keyAndValue(content: string, reader: Reader): { key: string; value: string } {
  const delimiter = content.search(/[=:]/);
  const key = content.slice(0, Math.max(delimiter, 0)).trim();
  // The line itself is not shown: it may hold a secret.
  if (key === '') throw unreadable(reader, 'is neither a comment nor a [section] nor key = value');
  return { key, value: readValue(content.slice(delimiter + 1).trim(), reader) };
}

function readValue(text: string, reader: Reader): string {
  const fence = fences.find((mark) => text.startsWith(mark));
  if (fence !== undefined) return readFenced(text.slice(fence.length), fence, reader);
  const quote = quotes.find((mark) => text.startsWith(mark));
  if (quote !== undefined) {
    const end = text.indexOf(quote, 1);
    if (end === -1) throw unreadable(reader, `opens a quote (${quote}) and does not close it`);
    const rest = text.slice(end + 1).trim();
    if (rest === '' || isComment(rest)) return text.slice(1, end);
  }
  const value = withoutComment(text);
  // Grafana: joins the next line here, which swallows a key when a password happens to end so.
  if (value.endsWith('\\')) throw unreadable(reader, 'ends in a backslash; put the value in quotes');
  return value;
}

function readFenced(first: string, fence: string, reader: Reader): string {
  const opened = reader.next;
  const parts: string[] = [];
  for (let text = first; ; text = takeLine(reader)) {
    const end = text.indexOf(fence);
    if (end === -1) {
      parts.push(text);
      if (reader.next >= reader.lines.length) {
        throw unreadable({ ...reader, next: opened }, `opens a quote (${fence}) and nothing closes it`);
      }
      continue;
    }
    const rest = text.slice(end + fence.length).trim();
    if (rest !== '' && !isComment(rest)) throw unreadable(reader, `has text after the closing ${fence}`);
    return [...parts, text.slice(0, end)].join('\n');
  }
}

function withoutComment(text: string): string {
  if (isComment(text)) return '';
  const start = text.search(/\s[#;]/);
  return (start === -1 ? text : text.slice(0, start)).trim();
}

function isComment(text: string): boolean {
  return text.startsWith('#') || text.startsWith(';');
}

function hasControlCharacter(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if ((code < 32 && code !== 9) || code === 127) return true;
  }
  return false;
}

function unreadable(reader: Reader, problem: string): ConfigError {
  return new ConfigError(`${reader.file}:${reader.next} ${problem}`);
}
