import type { onRequestHookHandler } from 'fastify';
import { denied } from '../access/can.ts';

/**
 * Refuses keys and tokens with 403 where a route is about what only people have: a profile, a password, sessions.
 * For a route's onRequest, so that it comes before the body is judged.
 */
export const personsOnly: onRequestHookHandler = ({ identity }, _reply, done) => {
  const { kind } = identity.principal;
  if (kind !== 'user') {
    throw denied(
      `this is for people, and the credential is of kind ${kind}`,
      'Sign in with a login and a password.',
    );
  }
  done();
};
