import type { RequestContext } from '../context.ts';
import { ApiError, type Refusal } from '../errors.ts';
import { allows } from './evaluate.ts';
import { heldAround, levelsInTeams } from './held.ts';
import { type Identity, subjectsOf } from './identity.ts';
import { levelGives, levelsGiving } from './object-levels.ts';
import { hasSomewhere } from './object-grants.store.ts';
import { atMost, type Role } from './roles.ts';
import { orgGrants } from './basic-roles.ts';

/** A scope with `{name}` for a parameter of the path, or a look-up where the path does not name the object by its uid. */
export type ScopeOf =
  | string
  | ((
      context: RequestContext,
      orgId: number,
      parameters: Readonly<Record<string, string>>,
    ) => Promise<string | undefined>);

/** What a route asks of whoever calls it. Every route declares one. */
export type Access =
  | { kind: 'open'; why: string }
  | { kind: 'signed-in'; why: string }
  | { kind: 'server'; action: string; scopes: readonly string[] }
  | {
      kind: 'org';
      actions: readonly string[];
      scopes: readonly ScopeOf[];
      /** Whether being the account that the path names is enough. */
      orSelf: boolean;
      /** Whether the rule behind it asks again, on what it is then. */
      asksAgain: boolean;
    };

/** Nobody has to say who they are. */
export const open = (why: string): Access => ({ kind: 'open', why });

/** Anybody known may ask; the rule behind it decides what they get. */
export const signedIn = (why: string): Access => ({ kind: 'signed-in', why });

/** The action, on the object that the scope names, in the organization acted in. */
export const can = (action: string, ...scopes: ScopeOf[]): Access => ({
  kind: 'org',
  actions: [action],
  scopes,
  orSelf: false,
  asksAgain: false,
});

/** Any of the actions, on whatever: the rule behind it asks again once it knows on what. */
export const canAny = (...actions: string[]): Access => ({
  kind: 'org',
  actions,
  scopes: [],
  orSelf: false,
  asksAgain: true,
});

/** The action on a service account, or being that account. */
export const canOrIsAccount = (action: string, scope: string): Access => ({
  kind: 'org',
  actions: [action],
  scopes: [scope],
  orSelf: true,
  asksAgain: false,
});

/** The action on the whole server. */
export const canOnServer = (action: string, ...scopes: string[]): Access => ({
  kind: 'server',
  action,
  scopes,
});

/**
 * Whether the actor holds the action on any of the scopes: by role, or by a permission on the object or a folder around it.
 * Without a scope, whether there is anything at all that they hold it on.
 * A folder or dashboard that does not exist can be read: the answer is then that there is none.
 */
export async function holds(context: RequestContext, action: string, ...scopes: string[]): Promise<boolean> {
  const { actor } = context;
  if (allows(actor.grants, action, scopes)) return true;
  if (scopes.length === 0) return holdsSomewhere(context, action);
  for (const scope of scopes) {
    if ((await heldOn(context, scope))(action)) return true;
  }
  return false;
}

/** Refuses with 403, in words that say what is missing, unless the actor holds the action on any of the scopes. */
export async function requirePermission(
  context: RequestContext,
  action: string,
  ...scopes: string[]
): Promise<void> {
  if (!(await holds(context, action, ...scopes))) throw accessDenied(context.actor, [action], scopes);
}

/** Refuses to hand out a role above the actor's own. */
export function requireRoleAtMostOwn(actor: Identity, role: Role): void {
  if (actor.principal.isServerAdmin || atMost(role, actor.role)) return;
  throw denied(`the role ${role} is above your own, ${actor.role}; nobody gives what they do not have`);
}

export function accessDenied(
  actor: Identity,
  actions: readonly string[],
  scopes: readonly string[],
): ApiError {
  const wanted = actions.length === 1 ? actions[0] : `any of ${actions.join(', ')}`;
  const where = scopes.length === 0 ? '' : ` on ${scopes.join(' or ')}`;
  return denied(`${wanted}${where} is needed`, advice(actor, actions, scopes));
}

/** 403 for an action on the whole server, which no role in an organization gives. */
export function deniedOnServer(actor: Identity, action: string, scopes: readonly string[]): ApiError {
  const where = scopes.length === 0 ? '' : ` on ${scopes.join(' or ')}`;
  return denied(
    `${action}${where} is needed`,
    `${whoHas(actor)}; this needs an administrator of the server.`,
  );
}

/** 403 in Grafana's shape: the message begins as the documents have it and says what is missing. */
export function denied(what: string, detail?: string, cause?: Refusal): ApiError {
  const accessErrorId = `ACE${String(Math.floor(Math.random() * 1e10)).padStart(10, '0')}`;
  return new ApiError(403, 'accesscontrol.denied', `Permission denied: ${what}`, {
    ...(detail === undefined ? {} : { detail }),
    ...(cause === undefined ? {} : { cause }),
    fields: { title: 'Access denied', accessErrorId },
  });
}

function advice(actor: Identity, actions: readonly string[], scopes: readonly string[]): string {
  const { principal } = actor;
  const has = whoHas(actor);
  const plain = {
    editors_can_delete: false,
    editors_can_manage_keys: false,
    main_org_admins_read_server: false,
  };
  const lowest = (['Viewer', 'Editor', 'Admin'] as const).find((candidate) =>
    actions.some((action) => allows(orgGrants(candidate, plain), action, scopes)),
  );
  if (lowest === undefined) return `${has}; this needs an administrator of the server.`;
  // Nobody can change a key's role, and no permission can name it.
  if (principal.kind === 'api-key') return `${has}, which a key keeps; make one with the role ${lowest}.`;
  const onObject = actions.some((action) => levelsGiving(action, plain).length > 0);
  const other = onObject ? ', or for a permission on the object' : '';
  return `${has}; ask an Admin of the organization for the role ${lowest}${other}.`;
}

function whoHas({ principal, role, orgId }: Identity): string {
  const kind = principal.kind === 'api-key' ? 'API key' : principal.kind.replace('-', ' ');
  const who = `${kind} ${JSON.stringify(principal.name || principal.login)}`;
  return `The ${who} has the role ${role} in organization ${orgId}`;
}

// Not their permissions, which few may read: whoever may not is told the same of all.
const SEEING: ReadonlySet<string> = new Set(['folders:read', 'dashboards:read']);

/** For any action whether the actor holds it on what the scope names; asks the database once, however many actions. */
export async function heldOn(context: RequestContext, scope: string): Promise<(action: string) => boolean> {
  const { actor, config } = context;
  const { scopes, levels, isMissing } = await heldAround(context, scope);
  return (action) =>
    allows(actor.grants, action, scopes) ||
    levels.some(({ kind, level }) => levelGives(kind, level, action, config.access_control)) ||
    (isMissing && SEEING.has(action) && actor.role !== 'None');
}

async function holdsSomewhere({ db, actor, config }: RequestContext, action: string): Promise<boolean> {
  const giving = levelsGiving(action, config.access_control);
  const inTeams = levelsInTeams(actor);
  const byTeam = giving.some(({ kind, level }) =>
    inTeams.some((held) => held.kind === kind && held.level === level),
  );
  if (byTeam) return true;
  const kept = giving.filter(({ kind }) => kind !== 'teams');
  return kept.length > 0 && hasSomewhere(db, actor.orgId, subjectsOf(actor), kept);
}
