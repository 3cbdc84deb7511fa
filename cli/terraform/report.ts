import { print, printJson, say, type Style, styled } from '../output.ts';
import { OWN_NAME } from '../own-name.ts';
import { printable, wrap } from '../text.ts';
import { diffText, type DiffLine, unifiedDiff } from './diff.ts';
import type { Plan } from './plan.ts';

const WIDTH = 96;
const STYLES: Record<DiffLine['kind'], Style | undefined> = {
  file: 'bold',
  hunk: 'cyan',
  context: undefined,
  removed: 'red',
  added: 'green',
  note: 'dim',
};

/** The changes, as `diff -u` shows them. */
export function printDiff({ files }: Plan): void {
  for (const { path, before, edits } of files) {
    const lines = unifiedDiff(path, before, edits).map(({ kind, text }) => {
      const style = STYLES[kind];
      return style === undefined ? shown(text) : styled(style, shown(text));
    });
    print(lines.join('\n'));
  }
}

/** Everything, for a program. */
export function printPlan({ files, left, moved, imports, removed }: Plan, isWritten: boolean): void {
  printJson({
    written: isWritten,
    files: files.map(({ path, before, edits, changes }) => ({
      path,
      isNew: before === undefined,
      changes,
      diff: diffText(unifiedDiff(path, before, edits)),
    })),
    leftAlone: left.map(({ key, ...place }) => ({ ...place, key: key ?? null })),
    imports: imports.map(({ id, ...rest }) => ({ ...rest, id: id ?? null })),
    removed,
    providers: moved.flatMap(({ providers, token }) => providers.map((place) => ({ ...place, token }))),
  });
}

/** What stays as it is, place by place, in the form that editors can jump to. */
export function sayLeft({ left }: Plan): void {
  for (const { path, key, reasons } of left) {
    for (const reason of reasons) {
      const what = key === undefined ? 'left as it is' : `${key} is left as it is`;
      const where = reason.path === path || key === undefined ? '' : ` (in ${path})`;
      say(printable(`${reason.path}:${reason.line}: ${what}${where}: ${reason.why}`));
    }
  }
}

/** How many of what, in one line. */
export function saySummary({ moved, files }: Plan): void {
  const references = files
    .flatMap(({ changes }) => changes)
    .filter(({ what }) => what === 'reference').length;
  const parts = [count(moved.length, 'key'), count(references, 'reference'), count(files.length, 'file')];
  say(`${parts[0]} to rewrite and ${parts[1]} to follow, in ${parts[2]}.`);
}

/** What is to be done before the apply, and what the apply does. */
export function saySteps(plan: Plan): void {
  const { moved, removed } = plan;
  if (moved.length === 0) return;
  say('\nBefore you apply:');
  sayImports(plan);
  const toForget = removed.filter(({ isBlock }) => !isBlock);
  if (toForget.length > 0) {
    sayPoint('Have the old keys forgotten, or the apply deletes them and whoever uses them is refused:');
    sayCommands(toForget.map(({ command }) => command));
  }
  const tokens = moved.filter(({ providers }) => providers.length > 0).map(({ token }) => token);
  if (tokens.length > 0) {
    sayPoint('A provider is configured with a token that is not there yet. Make that first, by itself:');
    sayCommands(tokens.map((token) => `terraform apply -target='${token}'`));
  }
  sayPoint(
    `Use a version of the Grafana provider that knows both kinds of resources (2.x; 3.0 dropped the older).${versions(plan)}`,
  );
  say('The apply then:');
  sayPoint('makes a token for each key. Its secret is new, and reaches whatever reads it from Terraform.');
  if (plan.imports.some(({ isBlock }) => isBlock)) {
    sayPoint('takes over the accounts found on the server, and gives them the names in the configuration.');
  }
  sayPoint(
    'leaves the old keys as they are: they go on working. Delete them when nothing uses them any more; ' +
      'a copy that somebody made by hand is not found by Terraform.',
  );
}

function sayImports({ imports, isLookedUp }: Plan): void {
  const known = imports.filter(({ isBlock, id }) => !isBlock && id !== undefined);
  const unknown = imports.filter(({ id }) => id === undefined);
  if (known.length > 0) {
    sayPoint('Take over the accounts that the keys have become, or the apply makes a second one of each:');
    sayCommands(known.map(({ command }) => command));
  }
  if (unknown.length === 0) return;
  sayPoint(
    `${isLookedUp ? 'No account was found for these. ' : ''}If the keys have been migrated on the server, take over the ` +
      'accounts that they have become, or the apply makes a second one of each:',
  );
  sayCommands(unknown.map(({ command, account }) => `${command}  # ${account}`));
  const help = `"${OWN_NAME} service-accounts list --query sa-autogen --json" shows the numbers of organization and account.`;
  say(wrapped(isLookedUp ? help : `${help} With --lookup this command asks for them itself.`));
}

function versions({ imports, removed }: Plan): string {
  const needed = [
    ...(imports.some(({ isBlock }) => isBlock) ? ['"import" blocks need Terraform 1.5 or OpenTofu 1.6'] : []),
    ...(removed.some(({ isBlock }) => isBlock)
      ? ['"removed" blocks need Terraform 1.7 or OpenTofu 1.10']
      : []),
  ];
  return needed.length === 0 ? '' : ` The ${needed.join(', the ')}.`;
}

function sayPoint(text: string): void {
  say(wrapped(text).replace('    ', '  - '));
}

function wrapped(text: string): string {
  return wrap(text, WIDTH - 4)
    .map((line) => `    ${line}`)
    .join('\n');
}

function sayCommands(commands: readonly string[]): void {
  for (const command of commands) say(printable(`      ${command}`));
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

/** A line of somebody's file: tabs stay, and so does the CR of a line's end. */
function shown(line: string): string {
  const end = line.endsWith('\r') ? '\r' : '';
  return (
    line
      .slice(0, line.length - end.length)
      .split('\t')
      .map(printable)
      .join('\t') + end
  );
}
