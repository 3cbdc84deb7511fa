import { Type } from 'typebox';
import { can } from '../../access/can.ts';
import type { App } from '../../http/app-type.ts';
import { contextOf } from '../../http/request.ts';
import { Id, IdParams, Message, nullable, Text } from '../../http/schemas.ts';
import {
  addRole,
  type Assignments,
  assignmentsOf,
  removeRole,
  rolesOf,
  setAssignments,
  setRoles,
} from './assignments.ts';
import { Listed, listedRole } from './roles.routes.ts';

// Clients written in Go send null for a list without anything.
const Ids = Type.Optional(nullable(Type.Array(Id, { maxItems: 1000 })));
const IdList = Type.Array(Id);
const Shown = Type.Object({
  role_uid: Type.String(),
  users: IdList,
  teams: IdList,
  service_accounts: IdList,
});

const RoleParams = Type.Object({ uid: Text() });
const RoleUid = Text();
// An assignment counts in the organization acted in, also of a role that all have.
const Global = Type.Optional(Type.Unsafe<false>({ enum: [false] }));
const DELEGATE = 'permissions:type:delegate';

/** Who has which roles besides the basic ones. */
export function roleAssignmentsRoutes(app: App): void {
  app.get(
    '/api/access-control/roles/:uid/assignments',
    {
      config: { access: can('roles:read', 'roles:uid:{uid}') },
      schema: { params: RoleParams, response: { 200: Shown } },
    },
    async (request) => {
      const { uid } = request.params;
      return shown(uid, await assignmentsOf(contextOf(request), uid));
    },
  );

  app.put(
    '/api/access-control/roles/:uid/assignments',
    {
      config: { access: can('users.roles:add', DELEGATE), mayAnswer: [409] },
      schema: {
        params: RoleParams,
        body: Type.Object({ users: Ids, teams: Ids, service_accounts: Ids }),
        response: { 200: Shown },
      },
    },
    async (request) => {
      const { uid } = request.params;
      const { users, teams, service_accounts: serviceAccounts } = request.body;
      const wanted = { users: users ?? [], teams: teams ?? [], serviceAccounts: serviceAccounts ?? [] };
      return shown(uid, await setAssignments(contextOf(request), uid, wanted));
    },
  );

  routesOf(app, 'users', 'users:id:{id}', { to: 'the user', from: 'user', whose: 'User' });
  routesOf(app, 'teams', 'teams:id:{id}', { to: 'the team', from: 'team', whose: 'Team' });
}

function routesOf(
  app: App,
  kind: 'users' | 'teams',
  scope: string,
  words: { to: string; from: string; whose: string },
): void {
  const path = `/api/access-control/${kind}/:id/roles`;
  const add = can(`${kind}.roles:add`, DELEGATE);

  app.get(
    path,
    {
      config: { access: can(`${kind}.roles:read`, scope) },
      schema: { params: IdParams, response: { 200: Type.Array(Listed) } },
    },
    async (request) => {
      const roles = await rolesOf(contextOf(request), { kind, id: request.params.id });
      return roles.map(listedRole);
    },
  );

  app.post(
    path,
    {
      config: { access: add },
      schema: {
        params: IdParams,
        body: Type.Object({ roleUid: RoleUid, global: Global }),
        response: { 200: Message },
      },
    },
    async (request) => {
      await addRole(contextOf(request), { kind, id: request.params.id }, request.body.roleUid);
      return { message: `Role added to ${words.to}.` };
    },
  );

  app.put(
    path,
    {
      config: { access: add },
      schema: {
        params: IdParams,
        body: Type.Object({ roleUids: Type.Array(RoleUid, { maxItems: 1000 }), global: Global }),
        response: { 200: Message },
      },
    },
    async (request) => {
      await setRoles(contextOf(request), { kind, id: request.params.id }, request.body.roleUids);
      return { message: `${words.whose} roles have been updated.` };
    },
  );

  app.delete(
    `${path}/:roleUid`,
    {
      config: { access: can(`${kind}.roles:remove`, DELEGATE) },
      schema: { params: Type.Object({ id: Id, roleUid: RoleUid }), response: { 200: Message } },
    },
    async (request) => {
      const { id, roleUid } = request.params;
      await removeRole(contextOf(request), { kind, id }, roleUid);
      return { message: `Role removed from ${words.from}.` };
    },
  );
}

function shown(uid: string, { users, teams, serviceAccounts }: Assignments) {
  return { role_uid: uid, users, teams, service_accounts: serviceAccounts };
}
