import { childOf, type Hcl, type Node, type Problem } from './hcl.ts';
import { findResources, headOf, literalOf, type Resources } from './key-block.ts';
import { findReferences, type Reference } from './references.ts';

/** What a file says that matters here. */
export interface Facts extends Resources {
  problem: Problem | undefined;
  references: Reference[];
  /** Modules that it calls by a path: `./modules/keys`. */
  modules: string[];
}

/** Whether a text is broken, or holds one of these keys or refers to it other than as something that was. */
export function stillHas(hcl: Hcl, text: string, addresses: ReadonlySet<string>): boolean {
  return hcl.read(text, (syntax) => {
    const references = findReferences(syntax).filter(
      ({ place }) => place.kind !== 'moved' && place.kind !== 'removed',
    );
    const { keys } = findResources(syntax, text);
    return (
      syntax.root.hasError ||
      [...references, ...keys].some(({ type, label }) => addresses.has(`${type}.${label}`))
    );
  });
}

/** Reads a file's text once and keeps nothing of its syntax. */
export function readFacts(hcl: Hcl, text: string): Facts {
  return hcl.read(text, (syntax) => {
    const { root } = syntax;
    const problem = syntax.findProblem();
    if (problem !== undefined) return { problem, references: [], modules: [], keys: [], declared: [] };
    return {
      problem,
      references: findReferences(syntax),
      modules: modulesIn(root),
      ...findResources(syntax, text),
    };
  });
}

function modulesIn(root: Node): string[] {
  const modules = (childOf(root, 'body')?.namedChildren ?? []).filter(
    (block) => headOf(block)[0] === 'module',
  );
  return modules.flatMap((block) => {
    const settings = childOf(block, 'body')?.namedChildren ?? [];
    const source = settings.find((setting) => setting.firstNamedChild?.text === 'source');
    const path = literalOf(source?.lastNamedChild?.text ?? '');
    return path?.startsWith('.') === true ? [path] : [];
  });
}
