import type { Condition } from '../access/admission.ts';
import { denied } from '../access/can.ts';

/**
 * Refuses keys and tokens with 403 where a route is about what only people have: a profile, a password, sessions.
 * For a route's `condition`, so that it comes before the body is judged.
 */
export const personsOnly: Condition = ({ actor }) => {
  const { kind } = actor.principal;
  if (kind !== 'user') {
    throw denied(
      `this is for people, and the credential is of kind ${kind}`,
      'Sign in with a login and a password.',
    );
  }
};
