import { type Answer, api } from '../../lib/api.ts';

export type ListedRole = Answer<'/api/access-control/roles', 'get'>[number];

/** Custom and fixed roles, hidden ones too. The API neither searches nor pages them: all come at once. */
export function useAllRoles() {
  return api.useQuery('get', '/api/access-control/roles', { params: { query: { includeHidden: true } } });
}

/** The groups that roles are in, in order. */
export function groupsOf(roles: readonly ListedRole[] = []): string[] {
  return [...new Set(roles.map(({ group }) => group))].filter((group) => group !== '').toSorted();
}
