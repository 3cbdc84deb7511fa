import { type ConnectionFlags, requireConnection } from '../remote/connection.ts';
import { canBeFound, findAccounts, type FoundAccounts } from './accounts.ts';
import { assign, type Assignment } from './assign.ts';
import { type Directory, readDirectories } from './directory.ts';
import { edited } from './edits.ts';
import { stillHas } from './facts.ts';
import { type Hcl, loadHcl } from './hcl.ts';
import { judge, type Left } from './judge.ts';
import { takenIn } from './names.ts';
import { type FileChange, type Moved, rewrite } from './rewrite.ts';
import { type Blocks, type Import, type StateChange, stateFile, stateOf } from './state.ts';

export interface PlanFlags extends ConnectionFlags {
  recursive?: boolean;
  groupByRole?: boolean;
  lookup?: boolean;
  importBlocks: boolean;
  removedBlocks: boolean;
}

/** Everything that is to be done with a module, before any of it is. */
export interface ModulePlan {
  files: FileChange[];
  left: Left[];
  moved: Moved[];
  imports: Import[];
  removed: StateChange['removed'];
}

export interface Plan extends ModulePlan {
  /** Whether the server was asked for the accounts. */
  isLookedUp: boolean;
}

interface Judged {
  directory: Directory;
  left: Left[];
  assignments: Assignment[];
}

export const NO_ACCOUNTS: FoundAccounts = { accounts: new Map(), names: [] };

/** Works out what a migration of these files comes to. Reads them, asks the server if told to, and changes nothing. */
export async function makePlan(path: string, flags: PlanFlags): Promise<Plan> {
  const hcl = await loadHcl();
  const { recursive = false, groupByRole = false } = flags;
  const judged = readDirectories(hcl, path, { recursive }).map((each) => judgeModule(each, groupByRole));
  const isLookedUp = asksServer(flags);
  const wanted = judged.flatMap(({ assignments }) => assignments.filter(canBeFound));
  const found =
    isLookedUp && wanted.length > 0
      ? await findAccounts(wanted, await requireConnection(flags))
      : NO_ACCOUNTS;
  const blocks = { imports: flags.importBlocks, removed: flags.removedBlocks };
  const plans = judged.map((each) => planModule(hcl, each, found, blocks));
  return {
    files: plans.flatMap(({ files }) => files),
    left: plans.flatMap(({ left }) => left),
    moved: plans.flatMap(({ moved }) => moved),
    imports: plans.flatMap(({ imports }) => imports),
    removed: plans.flatMap(({ removed }) => removed),
    isLookedUp,
  };
}

/** Which keys of a module are rewritten, and which account each gets. */
export function judgeModule(directory: Directory, groupByRole: boolean): Judged {
  const { movable, left } = judge(directory);
  return { directory, left, assignments: assign(movable, { groupByRole }) };
}

/** The changes to a module's files. */
export function planModule(
  hcl: Hcl,
  { directory, left, assignments }: Judged,
  { accounts, names }: FoundAccounts,
  blocks: Blocks,
): ModulePlan {
  const taken = takenIn(directory);
  for (const name of names) taken.accounts.add(name);
  const { files, moved } = rewrite(directory, assignments, taken, accounts);
  const state = stateOf(directory, moved, accounts, blocks);
  const all = merged([...files, ...stateFile(directory, state)]);
  for (const file of all) requireSound(hcl, file, moved);
  return { files: all, left, moved, ...state };
}

function asksServer({ lookup, url, token, tokenStdin, user, org }: PlanFlags): boolean {
  return [lookup, url, token, tokenStdin, user, org].some((given) => given !== undefined);
}

/** Changes to one file, together. */
function merged(files: readonly FileChange[]): FileChange[] {
  return [...Map.groupBy(files, ({ path }) => path)].map(([path, those]) => ({
    path,
    before: those[0]?.before,
    edits: those.flatMap(({ edits }) => edits),
    changes: those.flatMap(({ changes }) => changes),
  }));
}

/** Reads what would be written as Terraform will, so that a mistake of ours ends here. */
function requireSound(hcl: Hcl, { path, before, edits }: FileChange, moved: readonly Moved[]): void {
  const text = edited(before ?? '', edits)().replace(/^\ufeff/, '');
  if (stillHas(hcl, text, new Set(moved.map(({ address }) => address))))
    throw new Error(`${path} would be wrong; nothing was written`);
}
