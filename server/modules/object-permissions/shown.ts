import type { ObjectKind } from '../../access/object-levels.ts';
import type { RequestContext } from '../../context.ts';
import { type Given, type Holder, holdersOf, levelsGiven, teamsAmong } from './object-permissions.ts';

/** Something that has permissions of its own, and the folders that it lies in. */
export interface Thing {
  kind: ObjectKind;
  /** As the permissions name it: a uid, or a number. */
  id: string;
  around: readonly Around[];
}

interface Around {
  uid: string;
  title: string;
}

/** One permission, on the thing itself or on a folder around it. */
export interface Shown extends Given {
  /** The folder around the thing that it is inherited from; undefined for one on the thing itself. */
  from: Around | undefined;
  /** The basic role that has it; else who. */
  role: string | undefined;
  holder: Holder | undefined;
  team: { id: number; name: string; email: string } | undefined;
}

const ROLE = 'role:';

/** All permissions on something: its own first, then those of the folders around it. */
export async function permissionsOn(context: RequestContext, thing: Thing): Promise<Shown[]> {
  const own = await levelsGiven(context, thing.kind, [thing.id]);
  const folderUids = thing.around.map(({ uid }) => uid);
  const inherited = await levelsGiven(context, 'folders', folderUids);
  const all = [...own, ...inherited];
  const subjects = all.map(({ subject }) => subject);
  const holders = await holdersOf(context, subjects);
  const teams = await teamsAmong(context, subjects);
  const around = new Map(thing.around.map((folder) => [folder.uid, folder]));
  return all.map((given) => ({
    ...given,
    from: own.includes(given) ? undefined : around.get(given.object_id),
    role: given.subject.startsWith(ROLE) ? given.subject.slice(ROLE.length) : undefined,
    holder: holders.get(given.subject),
    team: teams.get(given.subject),
  }));
}
