import { Type } from 'typebox';
import { can, canOnServer, signedIn } from '../../access/can.ts';
import type { App } from '../../http/app-type.ts';
import { personsOnly } from '../../http/persons-only.ts';
import { contextOf } from '../../http/request.ts';
import { Id, IdParams, Message, Text } from '../../http/schemas.ts';
import { type Quota, quotasOfOrg, quotasOfUser, setOrgLimit, setUserLimit } from './quotas.ts';

const HIGHEST = 1_000_000_000;

const Row = { target: Type.String(), limit: Type.Integer(), used: Type.Integer() };
const OfOrg = Type.Array(Type.Object({ org_id: Id, ...Row }));
const OfUser = Type.Array(Type.Object({ user_id: Id, ...Row }));

const Limit = Type.Object({ limit: Type.Integer({ minimum: -1, maximum: HIGHEST }) });
const TargetParams = Type.Object({ id: Id, target: Text() });

export function quotasRoutes(app: App): void {
  app.get(
    '/api/org/quotas',
    { config: { access: can('orgs.quotas:read') }, schema: { response: { 200: OfOrg } } },
    async ({ identity: { orgId } }) => ofOrg(orgId, await quotasOfOrg(app.context, orgId)),
  );

  app.get(
    '/api/orgs/:id/quotas',
    {
      config: { access: canOnServer('orgs.quotas:read') },
      schema: { params: IdParams, response: { 200: OfOrg } },
    },
    async ({ params: { id } }) => ofOrg(id, await quotasOfOrg(app.context, id)),
  );

  app.put(
    '/api/orgs/:id/quotas/:target',
    {
      config: { access: canOnServer('orgs.quotas:write') },
      schema: { params: TargetParams, body: Limit, response: { 200: Message } },
    },
    async (request) => {
      const { id, target } = request.params;
      await setOrgLimit(contextOf(request), id, target, request.body.limit);
      return { message: 'Organization quota updated' };
    },
  );

  app.get(
    '/api/user/quotas',
    {
      config: { access: signedIn('everybody may see what is left to them'), condition: personsOnly },
      schema: { response: { 200: OfUser } },
    },
    async ({ identity: { principal } }) =>
      ofUser(principal.id, await quotasOfUser(app.context, principal.id)),
  );

  app.get(
    '/api/admin/users/:id/quotas',
    {
      config: { access: canOnServer('users.quotas:read', 'global.users:*') },
      schema: { params: IdParams, response: { 200: OfUser } },
    },
    async ({ params: { id } }) => ofUser(id, await quotasOfUser(app.context, id)),
  );

  app.put(
    '/api/admin/users/:id/quotas/:target',
    {
      config: { access: canOnServer('users.quotas:write', 'global.users:*') },
      schema: { params: TargetParams, body: Limit, response: { 200: Message } },
    },
    async (request) => {
      const { id, target } = request.params;
      await setUserLimit(contextOf(request), id, target, request.body.limit);
      return { message: 'User quota updated' };
    },
  );
}

function ofOrg(orgId: number, quotas: readonly Quota[]) {
  return quotas.map((quota) => ({ org_id: orgId, ...quota }));
}

function ofUser(userId: number, quotas: readonly Quota[]) {
  return quotas.map((quota) => ({ user_id: userId, ...quota }));
}
