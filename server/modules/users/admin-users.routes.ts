import { Type } from 'typebox';
import { canOnServer } from '../../access/can.ts';
import type { App } from '../../http/app-type.ts';
import { contextOf } from '../../http/request.ts';
import { Id, IdParams, Message } from '../../http/schemas.ts';
import {
  createUser,
  deleteUser,
  disableUser,
  enableUser,
  logOutUser,
  setServerAdmin,
  switchOrgOf,
} from './admin-users.ts';
import { setPassword } from './passwords.ts';
import { PasswordSchema, ProfileSchema } from './users.routes.ts';

const NewUser = Type.Object(
  {
    ...ProfileSchema.properties,
    password: Type.Optional(PasswordSchema),
    // Grafana: written with a capital; it takes either.
    OrgId: Type.Optional(Id),
    orgId: Type.Optional(Id),
  },
  {
    examples: [
      { name: 'Ann', login: 'ann', email: 'ann@example.org', password: 'a longer password than this' },
    ],
  },
);

const EVERYBODY = 'global.users:*';

export function adminUsersRoutes(app: App): void {
  app.post(
    '/api/admin/users',
    {
      config: { access: canOnServer('users:create'), mayAnswer: [404, 412] },
      schema: { body: NewUser, response: { 200: Type.Object({ id: Id, message: Type.String() }) } },
    },
    async (request) => {
      const { OrgId, orgId = OrgId, password = '', ...profile } = request.body;
      const id = await createUser(contextOf(request), { ...profile, password, orgId });
      return { id, message: 'User created' };
    },
  );

  app.delete(
    '/api/admin/users/:id',
    {
      config: { access: canOnServer('users:delete', EVERYBODY) },
      schema: { params: IdParams, response: { 200: Message } },
    },
    async (request) => {
      await deleteUser(contextOf(request), request.params.id);
      return { message: 'User deleted' };
    },
  );

  app.put(
    '/api/admin/users/:id/password',
    {
      config: { access: canOnServer('users.password:write', EVERYBODY) },
      schema: {
        params: IdParams,
        body: Type.Object({ password: PasswordSchema }),
        response: { 200: Message },
      },
    },
    async (request) => {
      await setPassword(contextOf(request), request.params.id, request.body.password);
      return { message: 'User password updated' };
    },
  );

  app.put(
    '/api/admin/users/:id/permissions',
    {
      config: { access: canOnServer('users.permissions:write', EVERYBODY) },
      schema: {
        params: IdParams,
        body: Type.Object({ isGrafanaAdmin: Type.Boolean() }),
        response: { 200: Message },
      },
    },
    async (request) => {
      await setServerAdmin(contextOf(request), request.params.id, request.body.isGrafanaAdmin);
      return { message: 'User permissions updated' };
    },
  );

  app.post(
    '/api/admin/users/:id/disable',
    {
      config: { access: canOnServer('users:disable', EVERYBODY) },
      schema: { params: IdParams, response: { 200: Message } },
    },
    async (request) => {
      await disableUser(contextOf(request), request.params.id);
      return { message: 'User disabled' };
    },
  );

  app.post(
    '/api/admin/users/:id/enable',
    {
      config: { access: canOnServer('users:enable', EVERYBODY) },
      schema: { params: IdParams, response: { 200: Message } },
    },
    async (request) => {
      await enableUser(contextOf(request), request.params.id);
      return { message: 'User enabled' };
    },
  );

  app.post(
    '/api/users/:id/using/:orgId',
    {
      config: { access: canOnServer('users:write', EVERYBODY) },
      schema: { params: Type.Object({ id: Id, orgId: Id }), response: { 200: Message } },
    },
    async (request) => {
      await switchOrgOf(contextOf(request), request.params.id, request.params.orgId);
      return { message: 'Active organization changed' };
    },
  );

  app.post(
    '/api/admin/users/:id/logout',
    {
      config: { access: canOnServer('users:logout', EVERYBODY) },
      schema: { params: IdParams, response: { 200: Message } },
    },
    async (request) => {
      await logOutUser(contextOf(request), request.params.id);
      return { message: 'User logged out' };
    },
  );
}
