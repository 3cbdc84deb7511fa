import { type Static, Type } from 'typebox';
import type { App } from '../../../http/app-type.ts';
import { Name, nullable, Text } from '../../../http/schemas.ts';
import { cloudOf, needs } from '../../http/guard.ts';
import { instant, instantOrNull } from '../../http/time.ts';
import {
  changePolicy,
  createPolicy,
  dropPolicy,
  policiesOf,
  realmsOf,
  requirePolicy,
  scopesOf,
  subnetsOf,
} from './policies.ts';
import type { PolicyRow, PolicyTokenRow } from './policies.store.ts';
import { issuePolicyToken, renameToken, requireToken, revokeToken, tokensOf } from './policy-tokens.ts';

const Realm = {
  type: Type.Unsafe<'org' | 'stack'>({ enum: ['org', 'stack'] }),
  identifier: Text(),
};
const LabelPolicies = Type.Array(Type.Object({ selector: Text(1000) }), { maxItems: 50 });
const Changes = {
  displayName: Type.Optional(Text()),
  scopes: Type.Optional(Type.Array(Text(), { maxItems: 200 })),
  realms: Type.Optional(
    Type.Array(Type.Object({ ...Realm, labelPolicies: Type.Optional(nullable(LabelPolicies)) }), {
      maxItems: 200,
    }),
  ),
  conditions: Type.Optional(
    nullable(
      Type.Object({ allowedSubnets: Type.Optional(nullable(Type.Array(Text(60), { maxItems: 200 }))) }),
    ),
  ),
};

const Policy = Type.Object({
  id: Type.String(),
  // Grafana: a number as text.
  orgId: Type.String(),
  name: Type.String(),
  displayName: Type.String(),
  scopes: Type.Array(Type.String()),
  realms: Type.Array(Type.Object({ ...Realm, labelPolicies: LabelPolicies })),
  conditions: Type.Optional(Type.Object({ allowedSubnets: Type.Array(Type.String()) })),
  status: Type.String(),
  createdAt: Type.String(),
  updatedAt: Type.String(),
});

const TokenFields = {
  id: Type.String(),
  accessPolicyId: Type.String(),
  name: Type.String(),
  displayName: Type.String(),
  expiresAt: nullable(Type.String()),
  createdAt: Type.String(),
  updatedAt: nullable(Type.String()),
};
const Token = Type.Object(TokenFields);

const Params = Type.Object({ id: Type.String() });
const Region = Type.Object({ region: Text(60) });
const OfPolicy = Type.Object({ region: Text(60), accessPolicyId: Type.Optional(Text(60)) });

export function policiesRoutes(app: App): void {
  app.get(
    '/api/v1/accesspolicies',
    {
      config: { ...needs('accesspolicies:read'), mayAnswer: [409] },
      schema: { querystring: Region, response: { 200: Type.Object({ items: Type.Array(Policy) }) } },
    },
    async (request) => ({
      items: (await policiesOf(cloudOf(request), request.query.region)).map(policyAnswer),
    }),
  );

  app.post(
    '/api/v1/accesspolicies',
    {
      config: { ...needs('accesspolicies:write'), mayAnswer: [409] },
      schema: {
        querystring: Region,
        body: Type.Object({ name: Name, ...Changes }),
        response: { 200: Policy },
      },
    },
    async (request) => policyAnswer(await createPolicy(cloudOf(request), request.query.region, request.body)),
  );

  app.get(
    '/api/v1/accesspolicies/:id',
    {
      config: needs('accesspolicies:read'),
      schema: { params: Params, querystring: Region, response: { 200: Policy } },
    },
    async (request) =>
      policyAnswer(await requirePolicy(cloudOf(request), request.query.region, request.params.id)),
  );

  // Grafana: its clients changed from PUT to POST.
  app.route({
    method: ['POST', 'PUT'],
    url: '/api/v1/accesspolicies/:id',
    config: { ...needs('accesspolicies:write'), mayAnswer: [409] },
    schema: { params: Params, querystring: Region, body: Type.Object(Changes), response: { 200: Policy } },
    handler: async (request) =>
      policyAnswer(
        await changePolicy(cloudOf(request), request.query.region, request.params.id, request.body),
      ),
  });

  app.delete(
    '/api/v1/accesspolicies/:id',
    {
      config: needs('accesspolicies:delete'),
      schema: { params: Params, querystring: Region, response: { 200: Type.Object({}) } },
    },
    async (request) => {
      await dropPolicy(cloudOf(request), request.query.region, request.params.id);
      return {};
    },
  );

  app.get(
    '/api/v1/tokens',
    {
      config: { ...needs('accesspolicies:read'), mayAnswer: [409] },
      schema: { querystring: OfPolicy, response: { 200: Type.Object({ items: Type.Array(Token) }) } },
    },
    async (request) => {
      const { region, accessPolicyId } = request.query;
      return { items: (await tokensOf(cloudOf(request), region, accessPolicyId)).map(tokenAnswer) };
    },
  );

  app.post(
    '/api/v1/tokens',
    {
      config: { ...needs('accesspolicies:write'), mayAnswer: [404, 409] },
      schema: {
        querystring: Region,
        body: Type.Object({
          accessPolicyId: Text(60),
          name: Name,
          displayName: Type.Optional(Text()),
          expiresAt: Type.Optional(nullable(Text(60))),
        }),
        response: { 200: Type.Object({ ...TokenFields, token: Type.String() }) },
      },
    },
    async (request) => {
      const { token, secret } = await issuePolicyToken(cloudOf(request), request.query.region, request.body);
      return { ...tokenAnswer(token), token: secret };
    },
  );

  app.get(
    '/api/v1/tokens/:id',
    {
      config: needs('accesspolicies:read'),
      schema: { params: Params, querystring: Region, response: { 200: Token } },
    },
    async (request) =>
      tokenAnswer(await requireToken(cloudOf(request), request.query.region, request.params.id)),
  );

  app.route({
    method: ['POST', 'PUT'],
    url: '/api/v1/tokens/:id',
    config: needs('accesspolicies:write'),
    schema: {
      params: Params,
      querystring: Region,
      body: Type.Object({ displayName: Type.Optional(Text()) }),
      response: { 200: Token },
    },
    handler: async (request) => {
      const { displayName } = request.body;
      return tokenAnswer(
        await renameToken(cloudOf(request), request.query.region, request.params.id, displayName),
      );
    },
  });

  app.delete(
    '/api/v1/tokens/:id',
    {
      config: needs('accesspolicies:delete'),
      schema: { params: Params, querystring: Region, response: { 200: Token } },
    },
    async (request) =>
      tokenAnswer(await revokeToken(cloudOf(request), request.query.region, request.params.id)),
  );
}

function policyAnswer(row: PolicyRow): Static<typeof Policy> {
  const allowedSubnets = subnetsOf(row);
  return {
    id: row.uid,
    orgId: String(row.org_id),
    name: row.name,
    displayName: row.display_name,
    scopes: scopesOf(row),
    realms: realmsOf(row).map(({ type, identifier, labelPolicies }) => ({ type, identifier, labelPolicies })),
    ...(allowedSubnets.length > 0 && { conditions: { allowedSubnets } }),
    status: 'active',
    createdAt: instant(row.created_at),
    updatedAt: instant(row.updated_at),
  };
}

function tokenAnswer(row: PolicyTokenRow): Static<typeof Token> {
  return {
    id: row.uid,
    accessPolicyId: row.policy_uid,
    name: row.name,
    displayName: row.display_name,
    expiresAt: instantOrNull(row.expires_at),
    createdAt: instant(row.created_at),
    updatedAt: instantOrNull(row.updated_at),
  };
}
