import { type Dirent, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { EXIT, Failure, usageFailure } from '../failure.ts';
import { type Facts, readFacts } from './facts.ts';
import type { Hcl } from './hcl.ts';
import { mentionsKeys } from './resources.ts';

/** A file that was understood. */
export interface Source {
  /** As the person who called would write it. */
  path: string;
  name: string;
  /** Without the byte order mark. */
  text: string;
  mark: string;
  lineEnd: string;
  facts: Facts;
  /** Why it is not to be written. */
  frozen: string | undefined;
}

/** A file that Terraform reads and this command does not. */
export interface Closed {
  path: string;
  line: number;
  why: string;
  text: string;
}

/** One module: everything that Terraform takes together. */
export interface Directory {
  path: string;
  sources: Source[];
  closed: Closed[];
  /** Another directory that was read calls it, so that it is no root module. */
  isCalled: boolean;
}

const MARK = '\ufeff';
const LARGEST = 64 * 1024 * 1024;
const NOT_READ = /\.(?:tf\.json|tofu|tofu\.json|tftest\.hcl|tftest\.json|tofutest\.hcl|tofutest\.json)$/;
const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads the modules at a path, and those beneath it if asked to. Fails where there are none. */
export function readDirectories(hcl: Hcl, path: string, { recursive }: { recursive: boolean }): Directory[] {
  const paths = recursive ? withThoseBeneath(path) : [path];
  const read = paths.map((each) => readDirectory(hcl, each));
  freezeLinked(read);
  const called = new Set(
    read.flatMap(({ path: from, sources }) =>
      sources.flatMap(({ facts }) => facts.modules.map((module) => resolve(from, module))),
    ),
  );
  const found = read.filter(({ sources, closed }) => sources.length + closed.length > 0);
  if (found.length === 0) {
    const detail = recursive ? {} : { detail: 'With --recursive the directories beneath it are read too.' };
    throw new Failure(EXIT.failure, `there are no Terraform files (.tf) in ${path}`, detail);
  }
  return found.map((directory) => ({ ...directory, isCalled: called.has(resolve(directory.path)) }));
}

function withThoseBeneath(path: string): string[] {
  const beneath = listed(path).filter(
    (entry) => entry.isDirectory() && !isHidden(entry) && entry.name !== 'node_modules',
  );
  return [path, ...beneath.flatMap(({ name }) => withThoseBeneath(join(path, name)))];
}

function readDirectory(hcl: Hcl, path: string): Directory {
  const directory = newDirectory(path);
  for (const entry of listed(path)) {
    if (isHidden(entry) || isBackup(entry.name) || entry.isDirectory()) continue;
    const file = join(path, entry.name);
    if (NOT_READ.test(entry.name)) directory.closed.push(...notRead(file));
    if (entry.name.endsWith('.tf')) readFile(hcl, file, entry, directory);
  }
  return directory;
}

/** A module without any file yet. */
export function newDirectory(path: string): Directory {
  return { path, sources: [], closed: [], isCalled: false };
}

function readFile(hcl: Hcl, path: string, entry: Dirent, directory: Directory): void {
  const text = textOf(path);
  if (text === undefined) return;
  const frozen = entry.isSymbolicLink() ? 'it is a symbolic link, and is not written through' : undefined;
  if (typeof text === 'string') addFile(hcl, directory, { path, text, frozen });
  else directory.closed.push({ path, line: 1, text: '', ...text });
}

/** Adds a file by what it says: to those that were understood, or to the others. */
export function addFile(
  hcl: Hcl,
  { sources, closed }: Directory,
  { path, text, frozen }: { path: string; text: string; frozen?: string | undefined },
): void {
  const mark = text.startsWith(MARK) ? MARK : '';
  const content = text.slice(mark.length);
  const facts = factsOf(hcl, path, content);
  if (facts.problem !== undefined) {
    const { line, what } = facts.problem;
    closed.push({ path, line, why: `it does not parse: ${what}`, text: content });
  } else {
    const lineEnd = /\r?\n/.exec(content)?.[0] ?? '\n';
    sources.push({ path, name: basename(path), text: content, mark, lineEnd, facts, frozen });
  }
}

function factsOf(hcl: Hcl, path: string, text: string): Facts {
  try {
    return readFacts(hcl, text);
  } catch (error) {
    if (!(error instanceof Error && error.name === 'RuntimeError')) throw error;
    // The parser's memory is spent, and it cannot be used again.
    const detail = 'Move it out of the way for as long as this takes, or split it.';
    throw new Failure(EXIT.failure, `${path} is more than the parser can take; nothing was written`, {
      detail,
      cause: error,
    });
  }
}

/** A file's text; why there is none; or undefined for what is no file at all. */
function textOf(path: string): string | { why: string } | undefined {
  try {
    const found = statSync(path);
    if (!found.isFile()) return undefined;
    if (found.size > LARGEST) return { why: 'it is too large' };
    return UTF_8.decode(readFileSync(path));
  } catch (error) {
    if (error instanceof TypeError) return { why: 'it is not UTF-8' };
    return { why: `it cannot be read: ${(error as Error).message}` };
  }
}

function notRead(path: string): Closed[] {
  const text = textOf(path);
  if (typeof text !== 'string' || !mentionsKeys(text)) return [];
  const line = text.slice(0, text.search(/grafana_(?:cloud_stack_)?api_key/)).split('\n').length;
  return [{ path, line, why: 'files of this kind are not handled, and it mentions keys', text }];
}

/** What is changed in a file that other directories link to would be changed for them too. */
function freezeLinked(directories: readonly Directory[]): void {
  const linked = new Map<string, string>();
  const sources = directories.flatMap((directory) => directory.sources);
  for (const { path, frozen } of sources) if (frozen !== undefined) linked.set(realpathSync(path), path);
  if (linked.size === 0) return;
  for (const source of sources) {
    const by = linked.get(realpathSync(source.path));
    if (by !== undefined) source.frozen ??= `${by} is a symbolic link to it`;
  }
}

function listed(path: string): Dirent[] {
  try {
    const entries = readdirSync(path, { withFileTypes: true });
    return entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    throw usageFailure(`${path} cannot be read as a directory (${(error as NodeJS.ErrnoException).code})`);
  }
}

function isHidden({ name }: Dirent): boolean {
  return name.startsWith('.');
}

// Terraform leaves out what editors leave behind.
function isBackup(name: string): boolean {
  return name.endsWith('~') || (name.startsWith('#') && name.endsWith('#'));
}
