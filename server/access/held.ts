import type { RequestContext } from '../context.ts';
import { type Identity, subjectsOf } from './identity.ts';
import { levelsOn, lineage, type ObjectRef } from './object-grants.store.ts';
import { type Level, levelInTeam, type ObjectKind } from './object-levels.ts';

/** A level that somebody has on one object, and the name under which it was given to them. */
export interface HeldLevel {
  kind: ObjectKind;
  id: string;
  level: Level;
  subject: string;
}

/** What a scope stands for: the scopes by which roles reach it, and the levels that the actor has on it and around it. */
export interface Held {
  scopes: readonly string[];
  levels: readonly HeldLevel[];
  /** Whether the scope names a folder or dashboard that does not exist. */
  isMissing: boolean;
}

/** Looks up what is around the object that a scope names, and what the actor was given there. */
export async function heldAround(context: RequestContext, scope: string): Promise<Held> {
  const { db, actor } = context;
  const object = objectOf(scope);
  if (object === undefined) return { scopes: [scope], levels: [], isMissing: false };
  const line = isInFolders(object) ? await lineage(db, actor.orgId, object.id) : [object];
  // A folder's uid names no dashboard, nor the other way round.
  if (line[0]?.kind !== object.kind) return { scopes: [scope], levels: [], isMissing: true };
  const levels =
    object.kind === 'teams'
      ? levelsInTeams(actor).filter(({ id }) => id === object.id)
      : await levelsOn(db, actor.orgId, subjectsOf(actor), line);
  return { scopes: isInFolders(object) ? scopesAround(line) : [scope], levels, isMissing: false };
}

/** What being in teams gives on the teams themselves; it is known without asking the database. */
export function levelsInTeams(actor: Identity): HeldLevel[] {
  return actor.teams.map((part) => ({
    kind: 'teams',
    id: String(part.id),
    level: levelInTeam(part),
    subject: `team:${part.id}`,
  }));
}

/** The object that a scope names, where it names one that can have permissions of its own. */
export function objectOf(scope: string): ObjectRef | undefined {
  const [kind, key, ...rest] = scope.split(':');
  const id = rest.join(':');
  if (id === '') return undefined;
  if (key === 'uid' && (kind === 'folders' || kind === 'dashboards' || kind === 'datasources'))
    return { kind, id };
  if (key === 'id' && (kind === 'serviceaccounts' || kind === 'teams')) return { kind, id };
  return undefined;
}

function isInFolders({ kind }: ObjectRef): boolean {
  return kind === 'folders' || kind === 'dashboards';
}

/** The scopes of an object and of the folders that it lies in. A dashboard in no folder lies in the one called general. */
function scopesAround(line: readonly ObjectRef[]): string[] {
  const scopes = line.map(({ kind, id }) => `${kind}:uid:${id}`);
  return line.length === 1 && line[0]?.kind === 'dashboards' ? [...scopes, 'folders:uid:general'] : scopes;
}
