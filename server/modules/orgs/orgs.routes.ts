import { Type } from 'typebox';
import { can, canOnServer, signedIn } from '../../access/can.ts';
import { notFound } from '../../errors.ts';
import type { App } from '../../http/app-type.ts';
import { pageOf, Paging } from '../../http/paging.ts';
import { contextOf } from '../../http/request.ts';
import { Id, IdParams, Message, Name, Query, Text } from '../../http/schemas.ts';
import { countMembersOf } from './org-members.store.ts';
import { countOrgs, listOrgs, type OrgRow } from './orgs.store.ts';
import {
  changeAddress,
  createOrg,
  deleteOrg,
  findOrg,
  renameOrg,
  requireMayCreateOrg,
  requireOrg,
  requireOrgByName,
} from './orgs.ts';

const Address = Type.Object({
  address1: Type.String(),
  address2: Type.String(),
  city: Type.String(),
  zipCode: Type.String(),
  state: Type.String(),
  country: Type.String(),
});

const AddressChanges = Type.Object({
  address1: Type.Optional(Text()),
  address2: Type.Optional(Text()),
  city: Type.Optional(Text()),
  zipCode: Type.Optional(Text()),
  state: Type.Optional(Text()),
  country: Type.Optional(Text()),
});

const Org = Type.Object({ id: Id, name: Type.String(), address: Address });
const Listed = Type.Object({ id: Id, name: Type.String() });
const Found = Type.Object({
  totalCount: Type.Integer(),
  orgs: Type.Array(Type.Object({ ...Listed.properties, users: Type.Integer() })),
  page: Type.Integer(),
  perPage: Type.Integer(),
});
const Filters = Type.Object({ query: Query, name: Query, ...Paging });
const Named = Type.Object({ name: Name });

export function orgsRoutes(app: App): void {
  currentOrgRoutes(app);
  anyOrgRoutes(app);
}

function currentOrgRoutes(app: App): void {
  app.get(
    '/api/org',
    { config: { access: can('orgs:read') }, schema: { response: { 200: Org } } },
    async (request) => {
      const org = await findOrg(app.context, request.identity.orgId);
      if (org === undefined) throw notFound('Organization not found', 'orgs.not-found');
      return orgAnswer(org);
    },
  );

  app.put(
    '/api/org',
    {
      config: { access: can('orgs:write'), mayAnswer: [409] },
      schema: { body: Named, response: { 200: Message } },
    },
    async (request) => {
      await renameOrg(contextOf(request), request.identity.orgId, request.body.name);
      return { message: 'Organization updated' };
    },
  );

  app.put(
    '/api/org/address',
    { config: { access: can('orgs:write') }, schema: { body: AddressChanges, response: { 200: Message } } },
    async (request) => {
      await changeAddress(contextOf(request), request.identity.orgId, request.body);
      return { message: 'Address updated' };
    },
  );
}

function anyOrgRoutes(app: App): void {
  app.get(
    '/api/orgs',
    {
      config: { access: canOnServer('orgs:read') },
      schema: {
        querystring: Filters,
        response: { 200: Type.Array(Listed) },
      },
    },
    // Grafana: pages of this list count from 0.
    (request) => listOrgs(app.context.db, request.query, pageOf(request.query, 0)),
  );

  // Grafana has none. Its pages count from 1, as those of the other searches do.
  app.get(
    '/api/orgs/search',
    {
      config: { access: canOnServer('orgs:read') },
      schema: { querystring: Filters, response: { 200: Found } },
    },
    async ({ query }) => {
      const { db } = app.context;
      const { page, perPage, ...which } = pageOf(query);
      const rows = await listOrgs(db, query, which);
      const users = await countMembersOf(
        db,
        rows.map(({ id }) => id),
      );
      const orgs = rows.map(({ id, name }) => ({ id, name, users: users.get(id) ?? 0 }));
      return { totalCount: await countOrgs(db, query), orgs, page, perPage };
    },
  );

  app.post(
    '/api/orgs',
    {
      config: {
        access: signedIn('whether people may make organizations is a setting'),
        condition: requireMayCreateOrg,
        mayAnswer: [409],
      },
      schema: { body: Named, response: { 200: Type.Object({ message: Type.String(), orgId: Id }) } },
    },
    async (request) => {
      const orgId = await createOrg(contextOf(request), request.body.name);
      return { message: 'Organization created', orgId };
    },
  );

  app.get(
    '/api/orgs/:id',
    { config: { access: canOnServer('orgs:read') }, schema: { params: IdParams, response: { 200: Org } } },
    async (request) => orgAnswer(await requireOrg(app.context, request.params.id)),
  );

  app.get(
    '/api/orgs/name/:name',
    {
      config: { access: canOnServer('orgs:read') },
      schema: { params: Type.Object({ name: Text() }), response: { 200: Org } },
    },
    async (request) => orgAnswer(await requireOrgByName(app.context, request.params.name)),
  );

  app.put(
    '/api/orgs/:id',
    {
      config: { access: canOnServer('orgs:write'), mayAnswer: [409] },
      schema: { params: IdParams, body: Named, response: { 200: Message } },
    },
    async (request) => {
      await renameOrg(contextOf(request), request.params.id, request.body.name);
      return { message: 'Organization updated' };
    },
  );

  app.put(
    '/api/orgs/:id/address',
    {
      config: { access: canOnServer('orgs:write') },
      schema: { params: IdParams, body: AddressChanges, response: { 200: Message } },
    },
    async (request) => {
      await changeAddress(contextOf(request), request.params.id, request.body);
      return { message: 'Address updated' };
    },
  );

  app.delete(
    '/api/orgs/:id',
    {
      config: { access: canOnServer('orgs:delete') },
      schema: { params: IdParams, response: { 200: Message } },
    },
    async (request) => {
      await deleteOrg(contextOf(request), request.params.id);
      return { message: 'Organization deleted' };
    },
  );
}

function orgAnswer({ id, name, address1, address2, city, zip_code, state, country }: OrgRow) {
  return { id, name, address: { address1, address2, city, zipCode: zip_code, state, country } };
}
