import type { Reporter, TestCase, TestModule } from 'vitest/node';

/** What an attack says of itself. */
export interface AttackRecord {
  heldBy: string;
  /** How often it was tried. */
  tried: number;
}

declare module 'vitest' {
  interface TaskMeta {
    attack?: AttackRecord;
  }
}

/** Prints the attacks of a run as a table in Markdown: what was tried how often on both databases together, and what came of it. */
export function attackTable(): Reporter {
  return {
    onTestRunEnd(modules) {
      const rows = Map.groupBy(
        modules.flatMap((module) => attacksOf(module)),
        (test) => test.fullName,
      );
      if (rows.size === 0) return;
      console.log(
        table([
          ['attack', 'tried', 'held by', 'result'],
          ...[...rows].map(([name, tests]) => row(name, tests)),
        ]),
      );
    },
  };
}

function attacksOf(module: TestModule): TestCase[] {
  return [...module.children.allTests()].filter((test) => test.meta().attack !== undefined);
}

function row(name: string, tests: readonly TestCase[]): string[] {
  const tried = tests.reduce((sum, test) => sum + (test.meta().attack?.tried ?? 0), 0);
  const lost = tests.filter((test) => test.result().state !== 'passed').map(({ project }) => project.name);
  const result = lost.length === 0 ? 'held' : `FAILED (${lost.join(', ')})`;
  return [name, tried.toLocaleString('en-US'), tests[0]?.meta().attack?.heldBy ?? '', result];
}

function table(rows: readonly string[][]): string {
  const [head = [], ...body] = rows.map((cells) => cells.map((cell) => cell.replaceAll('|', '\\|')));
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return ['', line(head), line(head.map(() => '---')), ...body.map(line), ''].join('\n');
}
