import { EXIT, Failure } from '../failure.ts';
import { say } from '../output.ts';
import { printable } from '../text.ts';

/** Names the stacks that something went wrong with, and answers what the command ends with. */
export function partly(
  failed: readonly { id: number; slug: string; reason: string }[],
  what: string,
  detail: string,
): Failure {
  for (const { id, slug, reason } of failed) say(printable(`Stack ${id}, ${slug}: ${reason}`));
  return new Failure(EXIT.partly, `${failed.length} of the stacks ${what}`, { detail });
}
