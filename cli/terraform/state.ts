import { join } from 'node:path';
import type { ServiceAccount } from '../../client/shapes.ts';
import { EXIT, Failure } from '../failure.ts';
import type { Assignment } from './assign.ts';
import type { Directory } from './directory.ts';
import { addressOf } from './judge.ts';
import type { Change, FileChange, Moved } from './rewrite.ts';

/** An account that Terraform is to take over, if it is there. */
export interface Import {
  to: string;
  /** The organization's and the account's number, where the server told them. */
  id: string | undefined;
  /** How the server calls the account, or is expected to. */
  account: string;
  command: string;
  /** Whether it was written as a block, so that the command is not needed. */
  isBlock: boolean;
}

/** What has to become of the state, beside the files. */
export interface StateChange {
  imports: Import[];
  /** The keys to be forgotten and not deleted. */
  removed: { address: string; command: string; isBlock: boolean }[];
}

export interface Blocks {
  imports: boolean;
  removed: boolean;
}

const FILE = 'latchkey-imports.tf';
const HEAD = '# By "latchkey terraform migrate". When this has been applied, the file may be deleted.';

/** What has to become of the state of a module whose keys were rewritten. */
export function stateOf(
  { isCalled }: Directory,
  moved: readonly Moved[],
  accounts: ReadonlyMap<Assignment, ServiceAccount>,
  blocks: Blocks,
): StateChange {
  // Import blocks are for root modules only; in others the address begins with the module's.
  const prefix = isCalled ? 'module.<name>.' : '';
  const first = moved.filter((key) => key.names.shared === undefined || key.bringsAccount);
  const imports = first.map((key): Import => {
    const found = accounts.get(key.assignment);
    const { instances, kind } = key.content;
    const id = found && `${found.orgId}:${found.id}`;
    const to = `${key.account}${instances === undefined ? '' : instances === 'count' ? '[<index>]' : '["<key>"]'}`;
    const unknown = kind.account.includes('stack') ? '<stack slug>:<account>' : '<organization>:<account>';
    return {
      to,
      id,
      account: found?.name ?? expectedName(key),
      command: `terraform import '${prefix}${to}' '${id ?? unknown}'`,
      isBlock: id !== undefined && blocks.imports && !isCalled,
    };
  });
  const removed = moved.map(({ address }) => ({
    address,
    command: `terraform state rm '${prefix}${address}'`,
    isBlock: blocks.removed,
  }));
  return { imports, removed };
}

/** The file that tells Terraform so: a new one, or the one that is there with more in it. */
export function stateFile(directory: Directory, { imports, removed }: StateChange): FileChange[] {
  const path = join(directory.path, FILE);
  const there = directory.sources.find((source) => source.name === FILE);
  const known = new Set(
    directory.sources.flatMap(({ facts }) =>
      facts.references.flatMap((reference) =>
        reference.place.kind === 'removed' ? [addressOf(reference)] : [],
      ),
    ),
  );
  const importBlocks = imports.filter(({ isBlock }) => isBlock);
  const removedBlocks = removed.filter(({ isBlock, address }) => isBlock && !known.has(address));
  if (importBlocks.length + removedBlocks.length === 0) return [];
  if (there?.frozen !== undefined || directory.closed.some((file) => file.path === path)) {
    throw new Failure(EXIT.failure, `${path} cannot be added to; nothing was written`, {
      detail: 'Mend it or move it away, or give --no-import-blocks and --no-removed-blocks.',
    });
  }
  const lineEnd = there?.lineEnd ?? '\n';
  const blocks = [
    ...importBlocks.map(importBlock),
    ...removedBlocks.map(({ address }) => removedBlock(address)),
  ];
  const added = blocks.map((lines) => lines.join(lineEnd)).join(lineEnd + lineEnd) + lineEnd;
  const before = there && there.mark + there.text;
  const start = before === undefined ? HEAD + lineEnd : before.endsWith('\n') ? '' : lineEnd;
  const line = (before ?? '').split('\n').length;
  const changes = [
    ...importBlocks.map(({ to, id }): Change => ({ line, what: 'state', from: id ?? '', to })),
    ...removedBlocks.map(({ address }): Change => ({ line, what: 'state', from: address, to: '' })),
  ];
  const at = before?.length ?? 0;
  return [{ path, before, edits: [{ start: at, end: at, text: start + lineEnd + added }], changes }];
}

function importBlock({ to, id, account }: Import): string[] {
  return [
    `# The service account ${JSON.stringify(account)}`,
    'import {',
    `  to = ${to}`,
    `  id = "${id}"`,
    '}',
  ];
}

function removedBlock(address: string): string[] {
  return ['removed {', `  from = ${address}`, '', '  lifecycle {', '    destroy = false', '  }', '}'];
}

function expectedName({ content, assignment }: Moved): string {
  const { sharedRole } = assignment;
  if (sharedRole !== undefined) return `sa-autogen-keys-${sharedRole.toLowerCase()}`;
  return `sa-autogen-${content.literalName ?? '<name of the key>'}`;
}
