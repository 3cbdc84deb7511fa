import { EXIT, Failure, usageFailure } from '../failure.ts';
import { agrees, canAsk } from '../prompt.ts';

/** Throws unless the person at the terminal agrees to what is said; without a terminal it takes --yes instead. */
export async function requireConsent(what: string): Promise<void> {
  if (!canAsk()) throw usageFailure(what, 'Add --yes if that is meant.');
  if (!(await agrees(`${what} Go on?`))) throw new Failure(EXIT.failure, 'nothing was changed');
}
