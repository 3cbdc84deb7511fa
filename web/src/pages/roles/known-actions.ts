import { api } from '../../lib/api.ts';

interface KnownActions {
  actions: string[];
  /** The scopes on which a basic role has an action. */
  scopesOf(action: string): string[];
  /** Whether the person holds it somewhere: nobody gives what they do not hold. */
  isHeld(action: string): boolean;
}

/** The actions that the server knows, which are those that its basic roles and its administrators have. */
export function useKnownActions(): KnownActions {
  const roles = api.useQuery('get', '/api/access-control/basic-roles');
  const held = api.useQuery('get', '/api/access-control/user/permissions');
  const permissions = roles.data?.flatMap((role) => role.permissions) ?? [];
  const byAction = Map.groupBy(permissions, ({ action }) => action);
  return {
    actions: [...byAction.keys()].toSorted(),
    scopesOf: (action) => {
      const scopes = new Set(byAction.get(action)?.map(({ scope }) => scope));
      return [...scopes].filter((scope) => scope !== '').toSorted();
    },
    isHeld: (action) => held.data === undefined || action in held.data,
  };
}
