import { EXIT, Failure, usageFailure } from '../../failure.ts';
import { agrees, canAsk } from '../../prompt.ts';
import { printable } from '../../text.ts';
import { showOnce } from '../secrets.ts';
import type { Issued } from './shapes.ts';

/** Gives a new secret to whoever asked, alone on standard output, and the words beside it. */
export function handOverToken(issued: Issued, what: string, { json }: { json?: boolean }): void {
  showOnce(issued, issued.token, `Made ${what}, named ${JSON.stringify(issued.name)}.`, { json });
}

/** Throws unless the person at the terminal agrees, or --yes is given. */
export async function confirm(question: string, { yes }: { yes?: boolean }): Promise<void> {
  if (yes) return;
  if (!canAsk())
    throw usageFailure(
      'there is no terminal to ask whether you are sure',
      'Add --yes to do it without a question.',
    );
  if (!(await agrees(printable(question)))) throw new Failure(EXIT.failure, 'nothing was deleted');
}

/** For an option that may be given several times. */
export function gather(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}
