import { Type } from 'typebox';
import { can, canOrIsAccount, heldOn } from '../../access/can.ts';
import { allows } from '../../access/evaluate.ts';
import type { App } from '../../http/app-type.ts';
import { pageOf, Paging } from '../../http/paging.ts';
import { contextOf } from '../../http/request.ts';
import { Id, IdCalled, Message, Name, Query, RoleSchema } from '../../http/schemas.ts';
import { timestampOrNull } from '../../http/time.ts';
import {
  Detail,
  held,
  Listed,
  listed,
  Made,
  migratedFrom,
  Updated,
  updated,
} from './account-answers.routes.ts';
import { lastUseOfAccount, listUsedAccounts } from './account-uses.ts';
import { grantOrg, withdrawOrg } from './further-orgs.ts';
import {
  changeAccount,
  createAccount,
  deleteAccount,
  requireAccount,
  requireListedAccount,
} from './service-accounts.ts';
import { countServiceAccounts, getFirstMovedKey, listOrgGrants } from './service-accounts.store.ts';

const AccessControl = { accesscontrol: Type.Optional(Type.Boolean()) };

const Filters = Type.Object({
  query: Query,
  disabled: Type.Optional(Type.Boolean()),
  expiredTokens: Type.Optional(Type.Boolean()),
  ...AccessControl,
  ...Paging,
});

const Changes = Type.Object({
  name: Type.Optional(Name),
  role: Type.Optional(RoleSchema),
  isDisabled: Type.Optional(Type.Boolean()),
  isGrafanaAdmin: Type.Optional(Type.Boolean()),
});

const OrgGrant = Type.Object({ orgId: Id, name: Type.String(), role: RoleSchema });

const AccountParams = Type.Object({ id: IdCalled('Service Account ID') });

// Grafana: with a capital here, and nowhere else.
const BAD_BODY = 'Bad request data';

const ONE = 'serviceaccounts:id:{id}';
const ALL = 'serviceaccounts:*';

export function serviceAccountsRoutes(app: App): void {
  app.get(
    '/api/serviceaccounts',
    {
      config: { access: can('serviceaccounts:read', ALL) },
      schema: { querystring: Filters, response: { 200: Type.Array(Listed) } },
    },
    async (request) => {
      const { orgId } = request.identity;
      const rows = await listUsedAccounts(app.context, { orgId }, pageOf(request.query));
      return rows.map(listed);
    },
  );

  app.get(
    '/api/serviceaccounts/search',
    {
      config: { access: can('serviceaccounts:read', ALL) },
      schema: {
        querystring: Filters,
        response: {
          200: Type.Object({
            totalCount: Type.Integer(),
            serviceAccounts: Type.Array(Listed),
            page: Type.Integer(),
            perPage: Type.Integer(),
          }),
        },
      },
    },
    async (request) => {
      const { query, disabled, expiredTokens, accesscontrol } = request.query;
      const { db, now } = app.context;
      const page = pageOf(request.query);
      const filter = {
        orgId: request.identity.orgId,
        query,
        // Grafana: `disabled=false` is no filter.
        isDisabled: disabled === true ? true : undefined,
        expiredAt: expiredTokens === true ? now() : undefined,
      };
      const rows = await listUsedAccounts(app.context, filter, page);
      const { grants } = request.identity;
      const permissions = (id: number) =>
        accesscontrol === true ? held((action) => allows(grants, action, [scopeOf(id)])) : {};
      return {
        totalCount: await countServiceAccounts(db, filter),
        serviceAccounts: rows.map((row) => ({ ...listed(row), ...permissions(row.id) })),
        page: page.page,
        perPage: page.perPage,
      };
    },
  );

  app.post(
    '/api/serviceaccounts',
    {
      config: { access: can('serviceaccounts:create'), badBody: BAD_BODY },
      schema: { body: Type.Object({ ...Changes.properties, name: Name }), response: { 201: Made } },
    },
    async (request, reply) => {
      const account = await createAccount(contextOf(request), request.body);
      // Grafana: the address of the picture is empty in this answer only.
      return reply.code(201).send({ ...listed(account), avatarUrl: '' });
    },
  );

  app.get(
    '/api/serviceaccounts/:id',
    {
      config: { access: canOrIsAccount('serviceaccounts:read', ONE) },
      schema: {
        params: AccountParams,
        querystring: Type.Object(AccessControl),
        response: { 200: Detail },
      },
    },
    async (request) => {
      const context = contextOf(request);
      const account = await requireListedAccount(context, request.params.id);
      const { id, tokens } = account;
      return {
        ...updated(account),
        tokens,
        lastUsedAt: timestampOrNull(await lastUseOfAccount(context, id)),
        migratedFrom: migratedFrom(await getFirstMovedKey(context.db, id)),
        ...(request.query.accesscontrol === true ? held(await heldOn(context, scopeOf(id))) : {}),
      };
    },
  );

  app.patch(
    '/api/serviceaccounts/:id',
    {
      config: { access: can('serviceaccounts:write', ONE), badBody: BAD_BODY },
      schema: {
        params: AccountParams,
        body: Changes,
        response: {
          200: Type.Object({ id: Id, message: Type.String(), name: Type.String(), serviceaccount: Updated }),
        },
      },
    },
    async (request) => {
      const account = await changeAccount(contextOf(request), request.params.id, request.body);
      const { id, name } = account;
      return { id, message: 'Service account updated', name, serviceaccount: updated(account) };
    },
  );

  app.delete(
    '/api/serviceaccounts/:id',
    {
      config: { access: can('serviceaccounts:delete', ONE) },
      schema: { params: AccountParams, response: { 200: Message } },
    },
    async (request) => {
      await deleteAccount(contextOf(request), request.params.id);
      return { message: 'Service account deleted' };
    },
  );

  app.get(
    '/api/serviceaccounts/:id/orgs',
    {
      config: { access: canOrIsAccount('serviceaccounts:read', ONE) },
      schema: { params: AccountParams, response: { 200: Type.Array(OrgGrant) } },
    },
    async (request) => {
      const account = await requireAccount(contextOf(request), request.params.id);
      const grants = await listOrgGrants(app.context.db, account.id);
      return grants.map(({ org_id, name, role }) => ({ orgId: org_id, name, role }));
    },
  );

  app.post(
    '/api/serviceaccounts/:id/orgs',
    {
      config: { access: can('serviceaccounts:write', ONE) },
      schema: {
        params: AccountParams,
        body: Type.Object({ orgId: Id, role: Type.Optional(RoleSchema) }),
        response: { 200: Message },
      },
    },
    async (request) => {
      const { orgId, role = 'Viewer' } = request.body;
      await grantOrg(contextOf(request), request.params.id, orgId, role);
      return { message: `Service account may act in organization ${orgId} as ${role}` };
    },
  );

  app.delete(
    '/api/serviceaccounts/:id/orgs/:orgId',
    {
      config: { access: can('serviceaccounts:write', ONE) },
      schema: { params: Type.Object({ ...AccountParams.properties, orgId: Id }), response: { 200: Message } },
    },
    async (request) => {
      await withdrawOrg(contextOf(request), request.params.id, request.params.orgId);
      return { message: 'Service account removed from organization' };
    },
  );
}

function scopeOf(id: number): string {
  return `serviceaccounts:id:${id}`;
}
