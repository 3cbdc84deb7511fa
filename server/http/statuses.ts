import { isLimited } from './limit-requests.ts';
import type { GuardedRoute } from './request.ts';

/** Every status that a route may answer, in order: those of its schema, those that its form brings, and those that it declares. */
export function statusesOf(route: GuardedRoute): number[] {
  const { access, method, url, schema, mayAnswer } = route;
  const isGuarded = access.kind !== 'open';
  const takesBody = method !== 'GET' && method !== 'HEAD';
  const hasPath = url.includes(':');
  // Who asks may name an organization, which may be no number.
  const takesInput = isGuarded || takesBody || hasPath || schema.querystring !== undefined;
  const all = new Set([
    ...successesOf(route),
    ...(takesInput ? [400] : []),
    ...(isGuarded ? [401, 403] : []),
    ...(hasPath ? [404] : []),
    ...(takesBody ? [413, 415] : []),
    ...(isGuarded || isLimited(route) ? [429] : []),
    // A path or header beyond what Node reads is refused before there is a route.
    431,
    500,
    503,
    ...mayAnswer,
  ]);
  return [...all].toSorted((one, other) => one - other);
}

/** What a route answers by its own schema; 200 where it has none. */
export function successesOf({ schema }: GuardedRoute): number[] {
  const declared = Object.keys(schema.response ?? {}).map(Number);
  return declared.length === 0 ? [200] : declared;
}
