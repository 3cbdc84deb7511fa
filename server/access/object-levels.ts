import type { TeamPart } from './identity.ts';

/** The things that carry permissions of their own, by the name they have in scopes and on the wire. */
export type ObjectKind = 'folders' | 'dashboards' | 'serviceaccounts' | 'datasources' | 'teams';

// Grafana: 1 View, 2 Edit, 4 Admin.
export const VIEW = 1;
export const EDIT = 2;
export const ADMINISTER = 4;
export type Level = typeof VIEW | typeof EDIT | typeof ADMINISTER;

type Actions = Partial<Record<Level, readonly string[]>>;

const DASHBOARD_VIEW = ['dashboards:read'];
const DASHBOARD_EDIT = [...DASHBOARD_VIEW, 'dashboards:write'];
const DASHBOARD_ADMIN = [
  ...DASHBOARD_EDIT,
  'dashboards:delete',
  'dashboards.permissions:read',
  'dashboards.permissions:write',
];
const FOLDER_VIEW = [...DASHBOARD_VIEW, 'folders:read', 'alert.rules:read'];
const FOLDER_EDIT = [
  ...FOLDER_VIEW,
  ...DASHBOARD_EDIT,
  'dashboards:create',
  'folders:write',
  'alert.rules:create',
  'alert.rules:write',
  'alert.rules:delete',
];
const FOLDER_ADMIN = [
  ...FOLDER_EDIT,
  ...DASHBOARD_ADMIN,
  'folders:delete',
  'folders.permissions:read',
  'folders.permissions:write',
];
const ACCOUNT_EDIT = ['serviceaccounts:read', 'serviceaccounts:write'];
const ACCOUNT_ADMIN = [
  ...ACCOUNT_EDIT,
  'serviceaccounts:delete',
  'serviceaccounts.permissions:read',
  'serviceaccounts.permissions:write',
];

// Grafana calls the lowest of these Query.
const SOURCE_QUERY = ['datasources:query', 'datasources:read'];
const SOURCE_EDIT = [...SOURCE_QUERY, 'datasources:write', 'datasources:delete'];
const SOURCE_ADMIN = [...SOURCE_EDIT, 'datasources.permissions:read', 'datasources.permissions:write'];

const TEAM_MEMBER = ['teams:read'];
const TEAM_ADMIN = [
  ...TEAM_MEMBER,
  'teams:write',
  'teams:delete',
  'teams.permissions:read',
  'teams.permissions:write',
];

const ACTIONS: Record<ObjectKind, Actions> = {
  dashboards: { [VIEW]: DASHBOARD_VIEW, [EDIT]: DASHBOARD_EDIT, [ADMINISTER]: DASHBOARD_ADMIN },
  datasources: { [VIEW]: SOURCE_QUERY, [EDIT]: SOURCE_EDIT, [ADMINISTER]: SOURCE_ADMIN },
  folders: { [VIEW]: FOLDER_VIEW, [EDIT]: FOLDER_EDIT, [ADMINISTER]: FOLDER_ADMIN },
  serviceaccounts: { [EDIT]: ACCOUNT_EDIT, [ADMINISTER]: ACCOUNT_ADMIN },
  // There are only members and Admins of a team, whose number 4 is this one.
  teams: { [VIEW]: TEAM_MEMBER, [EDIT]: TEAM_MEMBER, [ADMINISTER]: TEAM_ADMIN },
};

const DELETING: Partial<Record<ObjectKind, readonly string[]>> = {
  dashboards: ['dashboards:delete'],
  folders: ['dashboards:delete', 'folders:delete'],
};

// The kinds whose scopes name an object by its number rather than by its uid.
const NUMBERED: ReadonlySet<ObjectKind> = new Set(['serviceaccounts', 'teams']);

/** The scope that names one object. */
export function scopeOf(kind: ObjectKind, id: string): string {
  return `${kind}:${NUMBERED.has(kind) ? 'id' : 'uid'}:${id}`;
}

/** The actions that a level on an object of this kind gives. In Grafana, Edit deletes too; here only where the setting says so. */
export function actionsOf(
  kind: ObjectKind,
  level: Level,
  settings: { editors_can_delete: boolean },
): readonly string[] {
  const actions = ACTIONS[kind][level] ?? [];
  return settings.editors_can_delete && level === EDIT ? [...actions, ...(DELETING[kind] ?? [])] : actions;
}

/** The level that somebody has on a team that they are in; nobody else has one, and none is kept besides. */
export function levelInTeam({ permission }: TeamPart): Level {
  return permission === ADMINISTER ? ADMINISTER : VIEW;
}

/** Whether a level on an object of this kind gives the action. */
export function levelGives(
  kind: ObjectKind,
  level: Level,
  action: string,
  settings: { editors_can_delete: boolean },
): boolean {
  return actionsOf(kind, level, settings).includes(action);
}

/** All levels that give the action, each with the kind of object that it is on. */
export function levelsGiving(
  action: string,
  settings: { editors_can_delete: boolean },
): { kind: ObjectKind; level: Level }[] {
  return (Object.keys(ACTIONS) as ObjectKind[]).flatMap((kind) =>
    ([VIEW, EDIT, ADMINISTER] as const)
      .filter((level) => levelGives(kind, level, action, settings))
      .map((level) => ({ kind, level })),
  );
}
