import type { Grants } from '../../access/evaluate.ts';
import { levelsInTeams } from '../../access/held.ts';
import { subjectsOf } from '../../access/identity.ts';
import { actionsOf, scopeOf } from '../../access/object-levels.ts';
import type { RequestContext } from '../../context.ts';
import { listLevels } from './effective-permissions.store.ts';

/** All that the actor may do: each action with the scopes that it reaches, both in order. */
export async function effectivePermissions(context: RequestContext): Promise<Record<string, string[]>> {
  const { db, actor, config } = context;
  const held = new Map<string, Set<string>>();
  const hold = (action: string, scope: string): void => {
    const scopes = held.get(action) ?? new Set<string>();
    held.set(action, scopes.add(scope));
  };
  const holdAll = (grants: Grants): void => {
    for (const [action, scopes] of grants) for (const scope of scopes) hold(action, scope);
  };

  holdAll(actor.grants);
  holdAll(actor.serverGrants);
  const given = await listLevels(db, actor.orgId, subjectsOf(actor));
  const kept = given.map(({ kind, object_id: id, level }) => ({ kind, id, level }));
  for (const { kind, id, level } of [...kept, ...levelsInTeams(actor)]) {
    const scope = scopeOf(kind, id);
    for (const action of actionsOf(kind, level, config.access_control)) hold(action, scope);
  }
  return Object.fromEntries(
    [...held.keys()].toSorted().map((action) => [action, [...(held.get(action) ?? [])].toSorted()]),
  );
}
