import { EXIT, Failure, usageFailure } from '../failure.ts';
import { say } from '../output.ts';
import { agrees, canAsk } from '../prompt.ts';
import { edited } from './edits.ts';
import { makePlan, type Plan, type PlanFlags } from './plan.ts';
import { printDiff, printPlan, sayLeft, saySteps, saySummary } from './report.ts';
import { writeAll } from './write.ts';

export interface MigrateFlags extends PlanFlags {
  dryRun?: boolean;
  yes?: boolean;
  json?: boolean;
}

/** Rewrites the keys in a directory's files, after it has shown how and asked. */
export async function migrate(directory: string, flags: MigrateFlags): Promise<void> {
  if (flags.yes && flags.dryRun) throw usageFailure('give one of --yes and --dry-run');
  if (flags.json && !flags.yes && !flags.dryRun)
    throw usageFailure('--json asks nothing: add --yes or --dry-run');
  const plan = await makePlan(directory, flags);
  if (flags.json) {
    if (!flags.dryRun) write(plan);
    printPlan(plan, flags.yes === true);
  } else {
    await showAndWrite(plan, directory, flags);
  }
  if (plan.left.length > 0) {
    const what = plan.left.length === 1 ? 'one thing was' : `${plan.left.length} things were`;
    throw new Failure(EXIT.partly, `${what} left as it is${flags.json ? '' : ', for the reasons above'}`);
  }
}

async function showAndWrite(plan: Plan, directory: string, { yes, dryRun }: MigrateFlags): Promise<void> {
  printDiff(plan);
  sayLeft(plan);
  if (plan.files.length === 0) return say(`There is no key to rewrite in ${directory}.`);
  saySummary(plan);
  if (dryRun) return saySteps(plan);
  if (!yes) await requireConsent();
  write(plan);
  say('Written.');
  saySteps(plan);
}

async function requireConsent(): Promise<void> {
  if (!canAsk()) {
    throw usageFailure(
      'nothing was written: there is no terminal to ask',
      'Add --yes to write, or --dry-run to only look.',
    );
  }
  if (!(await agrees('Write this?'))) throw new Failure(EXIT.failure, 'nothing was written');
}

function write({ files }: Plan): void {
  writeAll(files.map(({ path, before, edits }) => ({ path, before, after: edited(before ?? '', edits)() })));
}
