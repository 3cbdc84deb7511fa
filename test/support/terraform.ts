import { addFile, newDirectory } from '../../cli/terraform/directory.ts';
import { edited } from '../../cli/terraform/edits.ts';
import { loadHcl } from '../../cli/terraform/hcl.ts';
import { judgeModule, type ModulePlan, NO_ACCOUNTS, planModule } from '../../cli/terraform/plan.ts';

export interface Migrated {
  plan: ModulePlan;
  /** Every file by its name as it would be then, those that stay as they are too. */
  files: Record<string, string>;
  /** `main.tf:3 why` for everything that stays. */
  left: string[];
}

const hcl = await loadHcl();

/** What the migration of a module with these files comes to. */
export function migrated(
  files: Readonly<Record<string, string>>,
  { groupByRole = false, stateBlocks = false } = {},
): Migrated {
  const directory = newDirectory('');
  for (const [path, text] of Object.entries(files)) addFile(hcl, directory, { path, text });
  const blocks = { imports: stateBlocks, removed: stateBlocks };
  const plan = planModule(hcl, judgeModule(directory, groupByRole), NO_ACCOUNTS, blocks);
  const after = plan.files.map(({ path, before, edits }) => [path, edited(before ?? '', edits)()]);
  return {
    plan,
    files: { ...files, ...(Object.fromEntries(after) as Record<string, string>) },
    left: plan.left.flatMap(({ reasons }) => reasons.map(({ path, line, why }) => `${path}:${line} ${why}`)),
  };
}
