import { ADMINISTER, EDIT, type Level, type ObjectKind, VIEW } from '../../access/object-levels.ts';
import type { RequestContext } from '../../context.ts';
import { badRequest } from '../../errors.ts';
import { dashboardOwner, folderOwner } from '../dashboards/permissions.ts';
import { requireDataSource } from '../datasources/datasources.ts';
import type { Thing } from '../object-permissions/shown.ts';
import { requireAccount, requireOutranking } from '../service-accounts/service-accounts.ts';
import { requireTeam } from '../teams/teams.ts';

/** To whom permissions on objects of a kind may be given. */
export interface Assignments {
  users: boolean;
  teams: boolean;
  builtInRoles: boolean;
}

/** An object whose permissions are shown and changed. */
export interface Resource extends Thing {
  name: string;
}

interface Kind {
  /** The names of the levels, from the least to the most. */
  levels: readonly (readonly [name: string, level: Level])[];
  assignments: Assignments;
  /** What the audit trail calls one. */
  one: string;
  find: (context: RequestContext, id: string) => Promise<Resource>;
  /** What is asked besides, of whoever changes the permissions. */
  check?: (context: RequestContext, id: string) => Promise<void>;
}

const TO_ALL: Assignments = { users: true, teams: true, builtInRoles: true };
const CONTENT_LEVELS = [
  ['View', VIEW],
  ['Edit', EDIT],
  ['Admin', ADMINISTER],
] as const;

/** The kinds of objects that have permissions of their own. */
export const KINDS: Readonly<Record<ObjectKind, Kind>> = {
  folders: { levels: CONTENT_LEVELS, assignments: TO_ALL, one: 'folder', find: findFolder },
  dashboards: { levels: CONTENT_LEVELS, assignments: TO_ALL, one: 'dashboard', find: findDashboard },
  datasources: {
    levels: [
      ['Query', VIEW],
      ['Edit', EDIT],
      ['Admin', ADMINISTER],
    ],
    assignments: TO_ALL,
    one: 'data-source',
    find: findDataSource,
  },
  serviceaccounts: {
    levels: [
      ['Edit', EDIT],
      ['Admin', ADMINISTER],
    ],
    assignments: { users: true, teams: true, builtInRoles: false },
    one: 'service-account',
    find: findAccount,
    check: async (context, id) => requireOutranking(context, await requireAccount(context, Number(id))),
  },
  teams: {
    levels: [
      ['Member', VIEW],
      ['Admin', ADMINISTER],
    ],
    assignments: { users: true, teams: false, builtInRoles: false },
    one: 'team',
    find: findTeam,
  },
};

/** What objects of a kind call a level; '' for one that they do not have. */
export function levelName(kind: ObjectKind, level: Level): string {
  return KINDS[kind].levels.find((entry) => entry[1] === level)?.[0] ?? '';
}

/** The level of a name; undefined for '', which is none. Throws 400 with the names that there are. */
export function levelNamed(kind: ObjectKind, name: string): Level | undefined {
  if (name === '') return undefined;
  const found = KINDS[kind].levels.find((entry) => entry[0] === name);
  if (found !== undefined) return found[1];
  const names = KINDS[kind].levels.map((entry) => entry[0]).join(', ');
  throw badRequest(`permission has to be one of ${names}, or empty to take it away`, 'invalid permission');
}

async function findFolder(context: RequestContext, uid: string): Promise<Resource> {
  const { around, title } = await folderOwner(context, { uid });
  return { kind: 'folders', id: uid, name: title, around };
}

async function findDashboard(context: RequestContext, uid: string): Promise<Resource> {
  const { around, title } = await dashboardOwner(context, { uid });
  return { kind: 'dashboards', id: uid, name: title, around };
}

async function findDataSource(context: RequestContext, uid: string): Promise<Resource> {
  const { name } = await requireDataSource(context, { uid });
  return { kind: 'datasources', id: uid, name, around: [] };
}

async function findAccount(context: RequestContext, id: string): Promise<Resource> {
  const account = await requireAccount(context, Number(id));
  return { kind: 'serviceaccounts', id: String(account.id), name: account.name, around: [] };
}

async function findTeam(context: RequestContext, idOrUid: string): Promise<Resource> {
  const { id, name } = await requireTeam(context, idOrUid);
  return { kind: 'teams', id: String(id), name, around: [] };
}
