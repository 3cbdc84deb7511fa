import { namedScopes } from '../../access/admission.ts';
import { MAIN_ORG_ID, orgGrants, serverGrants } from '../../access/basic-roles.ts';
import type { Access } from '../../access/can.ts';
import { allows, grantsFrom } from '../../access/evaluate.ts';
import { objectOf } from '../../access/held.ts';
import { type ObjectKind, levelsGiving, scopeOf } from '../../access/object-levels.ts';
import { atMost, type Role } from '../../access/roles.ts';
import type { RequestContext } from '../../context.ts';
import { levelName } from '../resource-permissions/resources.ts';
import { FIXED_ROLES } from '../roles/fixed-roles.ts';
import { inOrg, type Remedy, shellWord } from './steps.ts';
import { askerMay, asIf, isLetIn, type Request, type Subject } from './subject.ts';

// Settings that let more people in, and are off.
const SETTINGS = [
  ['access_control', 'editors_can_delete'],
  ['access_control', 'editors_can_manage_keys'],
  ['access_control', 'main_org_admins_read_server'],
  ['users', 'allow_org_create'],
] as const;

/** What would let in a request that was refused for want of a permission: by role, on the object, or by a setting. */
export async function remedyFor(subject: Subject, request: Request): Promise<Remedy> {
  const { access } = request.route;
  const ways = access.kind === 'server' ? onServer(subject, request) : await inOrganization(subject, request);
  const settings = await settingsThatWould(subject.context, request);
  const sentences = [...ways.map(({ says }) => says), ...settings];
  const commands = ways.flatMap(({ command }) => command ?? []);
  return { advice: sentences.join(' '), ...(commands.length === 0 ? {} : { commands }) };
}

/** The settings that are off and, switched on, would let the request in; a sentence each. */
export async function settingsThatWould(context: RequestContext, request: Request): Promise<string[]> {
  const sentences = [];
  for (const [section, key] of SETTINGS) {
    const { config } = context;
    const values: Readonly<Record<string, unknown>> = config[section];
    if (values[key] === true) continue;
    const changed = { ...config, [section]: { ...values, [key]: true } } as typeof config;
    if (await isLetIn(asIf(context, { config: changed }), request))
      sentences.push(`With the setting [${section}] ${key} = true the server would let it in.`);
  }
  return sentences;
}

interface Way {
  says: string;
  command?: string;
}

const INTO_AN_ORGANIZATION: Way = {
  says: 'Whoever is in no organization has no role: an administrator of the server takes the user into one.',
  command: 'npx latchkey orgs add-user ORG LOGIN --role Viewer',
};

async function inOrganization(subject: Subject, request: Request): Promise<Way[]> {
  const { actor } = subject.context;
  if (actor.orgId === 0) return [INTO_AN_ORGANIZATION];
  const role = await lowestRole(subject, request);
  const byRole = role === undefined ? [] : [wayByRole(subject.context, role)];
  if (actor.principal.kind === 'api-key') return byRole;
  const fixed = fixedRoleFor(request);
  const byFixedRole =
    fixed === undefined ? [] : [{ says: `The role ${fixed}, given besides, is enough too.` }];
  return [...byRole, ...wayOnObject(subject.context, request), ...byFixedRole];
}

/** The lowest basic role that would do: for who may read the permissions of the object, with those that the role has on it. */
async function lowestRole(subject: Subject, request: Request): Promise<Role | undefined> {
  const { actor, config } = subject.context;
  const scopes = namedScopes(request.route.access, request.parameters);
  const mayReadAll = await mayReadPermissions(subject, scopes);
  for (const role of ['Viewer', 'Editor', 'Admin'] as const) {
    if (atMost(role, actor.role)) continue;
    const isEnough = mayReadAll
      ? await isLetIn(asIf(subject.context, { role }), request)
      : actionsOf(request.route.access).some((action) =>
          allows(orgGrants(role, config.access_control), action, scopes),
        );
    if (isEnough) return role;
  }
  return undefined;
}

async function mayReadPermissions(subject: Subject, scopes: readonly string[]): Promise<boolean> {
  for (const scope of scopes) {
    const object = objectOf(scope);
    if (
      object &&
      !(await askerMay(subject, `${object.kind}.permissions:read`, scopeOf(object.kind, object.id)))
    )
      return false;
  }
  return scopes.length > 0;
}

function wayByRole({ actor, config }: RequestContext, role: Role): Way {
  const { principal, orgId } = actor;
  const { kind, id } = principal;
  if (kind === 'api-key') {
    return {
      says: `Nobody can change a key's role: make one with the role ${role}, or move it to a service account, whose role can be changed.`,
      command: `npx latchkey keys create NAME --role ${role}${inOrg(orgId)}`,
    };
  }
  const says = `The lowest role that is enough is ${role}: an Admin of the organization can give it.`;
  if (kind === 'user')
    return { says, command: curl(config, 'PATCH', `/api/org/users/${id}`, { role }, orgId) };
  const command =
    principal.currentOrgId === orgId
      ? `npx latchkey service-accounts set ${id} --role ${role}`
      : `npx latchkey service-accounts grant-org ${id} ${orgId} --role ${role}`;
  return { says, command };
}

function wayOnObject({ actor, config }: RequestContext, { route, parameters }: Request): Way[] {
  const [object] = namedScopes(route.access, parameters).flatMap((scope) => objectOf(scope) ?? []);
  if (object === undefined) return [];
  const level = lowestLevel(object.kind, route.access, config.access_control);
  // Being in a team is its members' list, not a permission.
  if (level === undefined || object.kind === 'teams') return [];
  const path = `/api/access-control/${object.kind}/${encodeURIComponent(object.id)}/users/${actor.principal.id}`;
  return [
    {
      says: `Or it is given the permission ${level} on this object alone.`,
      command: curl(config, 'POST', path, { permission: level }, actor.orgId),
    },
  ];
}

function lowestLevel(
  kind: ObjectKind,
  access: Access,
  settings: { editors_can_delete: boolean },
): string | undefined {
  const levels = actionsOf(access).flatMap((action) =>
    levelsGiving(action, settings).filter((giving) => giving.kind === kind),
  );
  const [lowest] = levels.toSorted((one, other) => one.level - other.level);
  return lowest && levelName(kind, lowest.level);
}

/** The fixed role with the least in it that gives what is asked. */
function fixedRoleFor({ route: { access }, parameters }: Request): string | undefined {
  const scopes = namedScopes(access, parameters);
  const giving = FIXED_ROLES.filter(({ permissions }) => {
    const grants = grantsFrom(permissions.map(({ action, scope }) => [action, scope] as const));
    return actionsOf(access).some((action) => allows(grants, action, scopes));
  });
  return giving.toSorted((one, other) => one.permissions.length - other.permissions.length)[0]?.name;
}

/** What only the server's administrators do; and what the main organization's Admins may read. */
function onServer({ context: { actor, config } }: Subject, { route: { access } }: Request): Way[] {
  const { kind, id } = actor.principal;
  const says = 'It takes an administrator of the server, whom only another one makes.';
  const key = { name: 'NAME', role: actor.role, isGrafanaAdmin: true };
  const command = {
    user: curl(config, 'PUT', `/api/admin/users/${id}/permissions`, { isGrafanaAdmin: true }),
    'service-account': curl(config, 'PATCH', `/api/serviceaccounts/${id}`, { isGrafanaAdmin: true }),
    'api-key': curl(config, 'POST', '/api/auth/keys', key),
    operator: '',
    cloud: '',
  }[kind];
  const ofReader = serverGrants(false, MAIN_ORG_ID, 'Admin', config.access_control);
  const reads = access.kind === 'server' && allows(ofReader, access.action, access.scopes);
  const byRole = `Or it is read with the role Admin of the main organization, which is number ${MAIN_ORG_ID}.`;
  return [{ says, command }, ...(reads ? [{ says: byRole }] : [])];
}

function actionsOf(access: Access): readonly string[] {
  if (access.kind === 'server') return [access.action];
  return access.kind === 'org' ? access.actions : [];
}

function curl(
  { server }: RequestContext['config'],
  method: string,
  path: string,
  body: object,
  orgId?: number,
): string {
  const address = server.root_url.replace(/\/$/, '') + path;
  const where = orgId === undefined || orgId === MAIN_ORG_ID ? '' : ` -H 'X-Grafana-Org-Id: ${orgId}'`;
  return `curl -u admin -X ${method}${where} -H 'Content-Type: application/json' -d ${shellWord(JSON.stringify(body))} ${shellWord(address)}`;
}
