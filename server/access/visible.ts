import { type Identity, subjectsOf } from './identity.ts';
import { type Level, levelsGiving, type ObjectKind } from './object-levels.ts';

/** What of one kind an action is held on, in a form that SQL can ask about many objects at once. */
export interface Reach {
  /** All of the kind, by role. */
  all: boolean;
  /** The folders whose content, or the single ones that, the grants name. */
  folderUids: readonly string[];
  uids: readonly string[];
  /** The levels that give the action on a folder, and on the thing itself. */
  folderLevels: readonly Level[];
  levels: readonly Level[];
}

/** Which folders and dashboards of the organization acted in somebody holds a pair of actions on. */
export interface Sight {
  orgId: number;
  subjects: readonly string[];
  folders: Reach;
  dashboards: Reach;
}

interface Settings {
  editors_can_delete: boolean;
}

/** What somebody may see or, asked for Edit, change: the same as can('folders:read', …) says of each, for all at once. */
export function sightOf(actor: Identity, settings: Settings, permission: 'View' | 'Edit' = 'View'): Sight {
  const verb = permission === 'Edit' ? 'write' : 'read';
  const folders = reachOf(actor, settings, 'folders', `folders:${verb}`);
  return {
    orgId: actor.orgId,
    subjects: subjectsOf(actor),
    folders,
    dashboards: reachOf(actor, settings, 'dashboards', `dashboards:${verb}`),
  };
}

function reachOf(actor: Identity, settings: Settings, kind: ObjectKind, action: string): Reach {
  const granted = actor.grants.get(action) ?? new Set<string>();
  const giving = levelsGiving(action, settings);
  const levelsOn = (on: ObjectKind): Level[] =>
    giving.filter((entry) => entry.kind === on).map(({ level }) => level);
  const uidsOf = (prefix: string): string[] =>
    [...granted].filter((scope) => scope.startsWith(prefix)).map((scope) => scope.slice(prefix.length));
  const wholes = ['*', 'folders:*', 'folders:uid:*', `${kind}:*`, `${kind}:uid:*`];
  return {
    all: wholes.some((scope) => granted.has(scope)),
    folderUids: uidsOf('folders:uid:'),
    uids: kind === 'folders' ? [] : uidsOf(`${kind}:uid:`),
    folderLevels: levelsOn('folders'),
    levels: kind === 'folders' ? [] : levelsOn(kind),
  };
}
