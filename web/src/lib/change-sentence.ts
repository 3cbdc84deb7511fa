import { type Change, CHANGE_WORDS } from './change-words.ts';

/** A change as a sentence, in the parts that are shown differently. */
export interface Sentence {
  actor: string;
  did: string;
  /** '' where nothing is named but who did it. */
  object: string;
  rest: string;
}

/** Says what was changed: "admin added the token gitlab of the service account “ci-deploy”". */
export function sentenceOf({ actor, action, object, change }: Change): Sentence {
  const words = CHANGE_WORDS[action];
  const name = object.name === '' ? object.id : object.name;
  // A newer server records what this page has no words for.
  if (words === undefined) return { actor: actor.name, did: `did ${action} to`, object: name, rest: '' };
  return {
    actor: actor.name,
    did: words.did,
    object: words.isOwn === true ? '' : name,
    rest: words.rest?.(change, name) ?? '',
  };
}

/** The same in one line. */
export function sentenceText(change: Change): string {
  const { actor, did, object, rest } = sentenceOf(change);
  return `${actor} ${did}${object === '' ? '' : ` ${object}`}${rest}`;
}
