/** What is granted: for each action the scopes that it reaches. An action without a scope reaches the scope ''. */
export type Grants = ReadonlyMap<string, ReadonlySet<string>>;

export function grantsFrom(table: Iterable<readonly [action: string, ...scopes: string[]]>): Grants {
  const grants = new Map<string, Set<string>>();
  for (const [action, ...scopes] of table) {
    const known = grants.get(action) ?? new Set<string>();
    for (const scope of scopes.length === 0 ? [''] : scopes) known.add(scope);
    grants.set(action, known);
  }
  return grants;
}

/**
 * Whether the grants hold the action on any of the scopes; without scopes, whether they hold the action at all.
 * A granted scope that ends in `*` reaches everything that begins with what stands before it, part by part
 * (`folders:*`, `folders:uid:*`). A star in what is asked for is only a letter.
 */
export function allows(grants: Grants, action: string, scopes: readonly string[] = []): boolean {
  const granted = grants.get(action);
  if (granted === undefined) return false;
  return scopes.length === 0 || scopes.some((scope) => reaches(granted, scope));
}

function reaches(granted: ReadonlySet<string>, scope: string): boolean {
  if (granted.has('*')) return true;
  const asksForStar = scope.endsWith('*');
  for (let colon = scope.indexOf(':'); colon !== -1; colon = scope.indexOf(':', colon + 1)) {
    if (granted.has(`${scope.slice(0, colon)}:*`)) return true;
  }
  return !asksForStar && granted.has(scope);
}
