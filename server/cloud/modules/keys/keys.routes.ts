import { Type } from 'typebox';
import type { App } from '../../../http/app-type.ts';
import { Name, nullable } from '../../../http/schemas.ts';
import { CLOUD_ROLES, type CloudRole } from '../../access/roles.ts';
import { cloudOf, needs } from '../../http/guard.ts';
import { instant } from '../../http/time.ts';
import { requireOwnOrg } from '../orgs/orgs.ts';
import { issueKey, keysOf, requireKey, revokeKey } from './keys.ts';
import type { CloudKeyRow } from './keys.store.ts';

const KeyFields = {
  id: Type.Integer(),
  orgId: Type.Integer(),
  orgSlug: Type.String(),
  orgName: Type.String(),
  instanceId: nullable(Type.Integer()),
  name: Type.String(),
  role: Type.String(),
  createdAt: Type.String(),
  updatedAt: nullable(Type.String()),
  firstUsed: nullable(Type.String()),
  links: Type.Array(Type.Object({ rel: Type.String(), href: Type.String() })),
};
const Key = Type.Object(KeyFields);
const Params = Type.Object({ org: Type.String() });
const KeyParams = Type.Object({ org: Type.String(), name: Type.String() });
const Role = Type.Unsafe<CloudRole>({ enum: [...CLOUD_ROLES] });

export function keysRoutes(app: App): void {
  app.get(
    '/api/orgs/:org/api-keys',
    {
      config: needs('api-keys:read'),
      schema: { params: Params, response: { 200: Type.Object({ items: Type.Array(Key) }) } },
    },
    async (request) => {
      const org = await requireOwnOrg(cloudOf(request), request.params.org);
      return { items: (await keysOf(cloudOf(request))).map((row) => keyAnswer(org, row)) };
    },
  );

  app.post(
    '/api/orgs/:org/api-keys',
    {
      config: { ...needs('api-keys:write'), mayAnswer: [409] },
      schema: {
        params: Params,
        body: Type.Object({ name: Name, role: Role }),
        response: { 200: Type.Object({ ...KeyFields, token: Type.String() }) },
      },
    },
    async (request) => {
      const org = await requireOwnOrg(cloudOf(request), request.params.org);
      const { key, token } = await issueKey(cloudOf(request), request.body);
      return { ...keyAnswer(org, key), token };
    },
  );

  app.get(
    '/api/orgs/:org/api-keys/:name',
    { config: needs('api-keys:read'), schema: { params: KeyParams, response: { 200: Key } } },
    async (request) => {
      const org = await requireOwnOrg(cloudOf(request), request.params.org);
      return keyAnswer(org, await requireKey(cloudOf(request), request.params.name));
    },
  );

  app.delete(
    '/api/orgs/:org/api-keys/:name',
    {
      config: needs('api-keys:delete'),
      schema: { params: KeyParams, response: { 200: Type.Object({ message: Type.String() }) } },
    },
    async (request) => {
      await requireOwnOrg(cloudOf(request), request.params.org);
      await revokeKey(cloudOf(request), request.params.name);
      return { message: 'API key deleted' };
    },
  );
}

type Org = { id: number; slug: string; name: string };

function keyAnswer(org: Org, row: CloudKeyRow) {
  return {
    id: row.id,
    orgId: org.id,
    orgSlug: org.slug,
    orgName: org.name,
    instanceId: null,
    name: row.name,
    role: row.role,
    createdAt: instant(row.created_at),
    updatedAt: null,
    firstUsed: null,
    links: [{ rel: 'self', href: `/orgs/${org.slug}/api-keys/${encodeURIComponent(row.name)}` }],
  };
}
