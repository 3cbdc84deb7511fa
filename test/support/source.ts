import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync, Visitor } from 'oxc-parser';

export type Import = { line: number; target: string; isLocal: boolean; isTypeOnly: boolean };
export type ProcessUse = { line: number; member: string };
export type Source = { file: string; imports: Import[]; processUses: ProcessUse[] };

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
/** Stands for an import path or a member name that only running the code would tell. */
export const COMPUTED = '(computed)';

const PROCESS_MODULES = new Set(['process', 'node:process']);

/** The .ts and .tsx files below some directories of the repository, as paths with forward slashes. */
export function listSourceFiles(directories: string[]): string[] {
  return directories
    .filter((directory) => existsSync(join(root, directory)))
    .flatMap((directory) => readdirSync(join(root, directory), { recursive: true, withFileTypes: true }))
    .filter(
      (entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.parentPath.includes('node_modules'),
    )
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'));
}

/** What a file imports, and which members of `process` it touches; a file that does not parse throws. */
export function readSource(file: string, text = readFileSync(join(root, file), 'utf8')): Source {
  const { program, errors } = parseSync(file, text);
  if (errors.length > 0)
    throw new Error(`${file} does not parse: ${errors.map(({ message }) => message).join('; ')}`);
  const imports: Import[] = [];
  const processUses: ProcessUse[] = [];
  const lineAt = (offset: number) => text.slice(0, offset).split('\n').length;
  const add = (node: { start: number }, source: string, isTypeOnly: boolean) => {
    const isLocal = source.startsWith('.');
    const target = isLocal ? posix.join(posix.dirname(file), source) : source;
    imports.push({ line: lineAt(node.start), target, isLocal, isTypeOnly });
    if (PROCESS_MODULES.has(source)) processUses.push({ line: lineAt(node.start), member: 'import' });
  };
  new Visitor({
    ImportDeclaration: (node) => {
      const kinds = node.specifiers.map((specifier) =>
        specifier.type === 'ImportSpecifier' ? specifier.importKind : 'value',
      );
      add(node, node.source.value, node.importKind === 'type' || isAllTypes(kinds));
    },
    ExportNamedDeclaration: (node) => {
      if (node.source === null) return;
      const kinds = node.specifiers.map(({ exportKind }) => exportKind);
      add(node, node.source.value, node.exportKind === 'type' || isAllTypes(kinds));
    },
    ExportAllDeclaration: (node) => add(node, node.source.value, node.exportKind === 'type'),
    ImportExpression: (node) => {
      const { source } = node;
      // A computed path cannot be judged, and would be a way past the table.
      const path = source.type === 'Literal' && typeof source.value === 'string' ? source.value : COMPUTED;
      add(node, path, false);
    },
    TSImportType: (node) => add(node, node.source.value, true),
    MemberExpression: (node) => {
      if (node.object.type !== 'Identifier' || node.object.name !== 'process') return;
      const member = node.property.type === 'Identifier' ? node.property.name : COMPUTED;
      processUses.push({ line: lineAt(node.start), member });
    },
  }).visit(program);
  return { file, imports, processUses };
}

function isAllTypes(kinds: (string | null | undefined)[]): boolean {
  return kinds.length > 0 && kinds.every((kind) => kind === 'type');
}
