import { ADMINISTER, EDIT, type Level, type ObjectKind, VIEW } from '../../access/object-levels.ts';
import { ROLES } from '../../access/roles.ts';
import type { Row, Source } from '../../sources/source.ts';
import { distinct } from './refs.ts';
import { flagOf, refOf, textOf } from './rows.ts';

// What was given on objects in Grafana. Up to version 8 that is a list for each folder and dashboard (dashboard_acl); since then every
// user, team and basic role has a "managed" role, with a row for each action on each object.

/** Somebody who was given something, by the id that they have in Grafana. */
export type Subject = { user: number } | { team: number } | { role: string };

export interface Given {
  subject: Subject;
  level: Level;
}

/** A thing that may carry permissions. */
export interface Thing {
  id: number;
  /** The number by which older permissions name it; undefined for one that has none. */
  number: number | undefined;
  orgId: number;
  uid: string;
  /** Whether it is outside any folder and has no list of its own, which until version 8 meant the usual one. */
  hasUsual: boolean;
}

/** Whether permissions are those of managed roles: whoever went on from the lists has made a note of it. */
export async function usesManagedRoles(source: Source): Promise<boolean> {
  if (!source.has('permission', 'role_id', 'action', 'scope') || !source.has('role', 'id', 'name', 'org_id'))
    return false;
  if (!source.has('dashboard_acl')) return true;
  const done = await source.rowsWith(
    'migration_log',
    'migration_id',
    ['dashboard permissions', 'dashboard permissions uid scopes'],
    { columns: ['success'] },
  );
  return done.some((row) => flagOf(row, 'success') === 1);
}

/** What is given on some things of one kind, by their id. */
export function givenOn(
  source: Source,
  usesRoles: boolean,
  kind: ObjectKind,
  things: readonly Thing[],
): Promise<Map<number, Given[]>> {
  if (things.length === 0) return Promise.resolve(new Map());
  if (usesRoles || (kind !== 'folders' && kind !== 'dashboards')) return givenByRoles(source, kind, things);
  return givenByLists(source, things);
}

const USUAL: Given[] = [
  { subject: { role: 'Viewer' }, level: VIEW },
  { subject: { role: 'Editor' }, level: EDIT },
];
const LEVELS: ReadonlySet<number> = new Set([VIEW, EDIT, ADMINISTER]);

async function givenByLists(source: Source, things: readonly Thing[]): Promise<Map<number, Given[]>> {
  const rows = await source.rowsWith(
    'dashboard_acl',
    'dashboard_id',
    things.flatMap(({ number }) => number ?? []),
    { columns: ['org_id', 'dashboard_id', 'user_id', 'team_id', 'role', 'permission'] },
  );
  const byThing = Map.groupBy(rows, (row) => refOf(row, 'dashboard_id'));
  const given = new Map<number, Given[]>();
  for (const { id, number, orgId, hasUsual } of things) {
    const own = (byThing.get(number ?? 0) ?? []).filter((row) => refOf(row, 'org_id') === orgId);
    given.set(id, own.length === 0 && hasUsual ? USUAL : own.flatMap(givenByEntry));
  }
  return given;
}

function givenByEntry(row: Row): Given[] {
  const level = refOf(row, 'permission');
  if (!LEVELS.has(level)) return [];
  const [user, team, role] = [refOf(row, 'user_id'), refOf(row, 'team_id'), textOf(row, 'role')];
  const subject = user > 0 ? { user } : team > 0 ? { team } : { role };
  return [{ subject, level: level as Level }];
}

/** By what actions a level is known: any one of these sets. The short names are those of Grafana 11 and later. */
const SIGNS: Record<ObjectKind, Partial<Record<Level, readonly (readonly string[])[]>>> = {
  folders: {
    [VIEW]: [['folders:view'], ['folders:read']],
    [EDIT]: [['folders:edit'], ['folders:read', 'folders:write']],
    [ADMINISTER]: [['folders:admin'], ['folders:read', 'folders:write', 'folders.permissions:write']],
  },
  dashboards: {
    [VIEW]: [['dashboards:view'], ['dashboards:read']],
    [EDIT]: [['dashboards:edit'], ['dashboards:read', 'dashboards:write']],
    [ADMINISTER]: [
      ['dashboards:admin'],
      ['dashboards:read', 'dashboards:write', 'dashboards.permissions:write'],
    ],
  },
  datasources: {
    [VIEW]: [['datasources:query']],
    [EDIT]: [['datasources:query', 'datasources:write']],
    [ADMINISTER]: [['datasources:query', 'datasources:write', 'datasources.permissions:write']],
  },
  serviceaccounts: {
    [EDIT]: [['serviceaccounts:edit'], ['serviceaccounts:read', 'serviceaccounts:write']],
    [ADMINISTER]: [
      ['serviceaccounts:admin'],
      ['serviceaccounts:read', 'serviceaccounts:write', 'serviceaccounts.permissions:write'],
    ],
  },
  teams: {},
};

async function givenByRoles(
  source: Source,
  kind: ObjectKind,
  things: readonly Thing[],
): Promise<Map<number, Given[]>> {
  const scopes = new Map<string, number>(
    things.flatMap((thing) => [
      [`${thing.orgId} ${kind}:uid:${thing.uid}`, thing.id] as const,
      [`${thing.orgId} ${kind}:id:${thing.number ?? ''}`, thing.id] as const,
    ]),
  );
  const rows = await source.rowsWith(
    'permission',
    'scope',
    distinct(scopes.keys().map((key) => key.slice(key.indexOf(' ') + 1))),
    {
      columns: ['role_id', 'action', 'scope'],
      // Grafana has an index that begins with the action.
      also: { column: 'action', values: distinct(Object.values(SIGNS[kind]).flat(2)) },
    },
  );
  const roles = await managedRoles(source, distinct(rows.map((row) => refOf(row, 'role_id'))));
  const actions = new Map<string, { thing: number; role: ManagedRole; actions: Set<string> }>();
  for (const row of rows) {
    const role = roles.get(refOf(row, 'role_id'));
    const thing = role && scopes.get(`${role.orgId} ${textOf(row, 'scope')}`);
    if (role === undefined || thing === undefined) continue;
    const key = `${role.id} ${thing}`;
    const known = actions.get(key) ?? { thing, role, actions: new Set<string>() };
    known.actions.add(textOf(row, 'action'));
    actions.set(key, known);
  }
  const given = new Map<number, Given[]>();
  for (const { thing, role, actions: held } of actions.values()) {
    const level = levelOf(kind, held);
    if (level === undefined) continue;
    const all = given.get(thing) ?? [];
    given.set(thing, [...all, ...role.subjects.map((subject) => ({ subject, level }))]);
  }
  return given;
}

/** The highest level that the actions amount to; undefined where they are less than any. */
function levelOf(kind: ObjectKind, held: ReadonlySet<string>): Level | undefined {
  return ([ADMINISTER, EDIT, VIEW] as const).find((level) =>
    (SIGNS[kind][level] ?? []).some((sign) => sign.every((action) => held.has(action))),
  );
}

interface ManagedRole {
  id: number;
  orgId: number;
  subjects: Subject[];
}

async function managedRoles(source: Source, ids: readonly number[]): Promise<Map<number, ManagedRole>> {
  const rows = await source.rowsWith('role', 'id', ids, { columns: ['id', 'name', 'org_id'] });
  const roles = new Map(
    rows
      .filter((row) => textOf(row, 'name').startsWith('managed:'))
      .map((row) => {
        const id = refOf(row, 'id');
        return [id, { id, orgId: refOf(row, 'org_id'), subjects: [] as Subject[] }] as const;
      }),
  );
  const add = async (table: string, column: string, subject: (row: Row) => Subject): Promise<void> => {
    const columns = ['role_id', 'org_id', column];
    for (const row of await source.rowsWith(table, 'role_id', [...roles.keys()], { columns })) {
      const role = roles.get(refOf(row, 'role_id'));
      if (role?.orgId === refOf(row, 'org_id')) role.subjects.push(subject(row));
    }
  };
  await add('user_role', 'user_id', (row) => ({ user: refOf(row, 'user_id') }));
  await add('team_role', 'team_id', (row) => ({ team: refOf(row, 'team_id') }));
  await add('builtin_role', 'role', (row) => ({ role: textOf(row, 'role') }));
  return roles;
}

/** A basic role as permissions name it. */
export function isBasicRole(name: string): boolean {
  return ROLES.some((role) => role === name && role !== 'None');
}
