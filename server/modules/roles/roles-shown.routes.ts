import { Type } from 'typebox';
import { can } from '../../access/can.ts';
import type { App } from '../../http/app-type.ts';
import { pageOf, Paging } from '../../http/paging.ts';
import { contextOf } from '../../http/request.ts';
import { Id, Text } from '../../http/schemas.ts';
import { basicRoles } from './basic-roles.ts';
import { countHolders, listHolders } from './holders.store.ts';
import { requireRole } from './known-roles.ts';

const BasicRole = Type.Object({
  uid: Type.String(),
  name: Type.String(),
  displayName: Type.String(),
  description: Type.String(),
  permissions: Type.Array(Type.Object({ action: Type.String(), scope: Type.String() })),
});

const Holders = Type.Object({
  totalCount: Type.Integer(),
  holders: Type.Array(
    Type.Object({
      kind: Type.Unsafe<'user' | 'service-account' | 'team'>({
        type: 'string',
        enum: ['user', 'service-account', 'team'],
      }),
      id: Id,
      name: Type.String(),
    }),
  ),
  page: Type.Integer(),
  perPage: Type.Integer(),
});

/** What people look at who decide on roles; Grafana has no such calls. */
export function rolesShownRoutes(app: App): void {
  app.get(
    '/api/access-control/basic-roles',
    {
      config: { access: can('roles:read', 'roles:*') },
      schema: {
        summary: 'List the basic roles and what they give',
        response: { 200: Type.Array(BasicRole) },
      },
    },
    () => basicRoles(app.context),
  );

  app.get(
    '/api/access-control/roles/:uid/holders',
    {
      config: { access: can('roles:read', 'roles:uid:{uid}') },
      schema: {
        summary: 'List who has a role, by name',
        params: Type.Object({ uid: Text() }),
        querystring: Type.Object(Paging),
        response: { 200: Holders },
      },
    },
    async (request) => {
      const { which } = await requireRole(contextOf(request), request.params.uid);
      const page = pageOf(request.query);
      const { db } = app.context;
      const { orgId } = request.identity;
      return {
        totalCount: await countHolders(db, which, orgId),
        holders: await listHolders(db, which, orgId, page),
        page: page.page,
        perPage: page.perPage,
      };
    },
  );
}
