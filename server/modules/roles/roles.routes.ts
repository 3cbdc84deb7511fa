import { Type } from 'typebox';
import { can } from '../../access/can.ts';
import type { App } from '../../http/app-type.ts';
import { contextOf } from '../../http/request.ts';
import { Message, Name, Text, Timestamp } from '../../http/schemas.ts';
import { timestamp } from '../../http/time.ts';
import { type KnownRole, knownRoles, requireRole } from './known-roles.ts';
import { changeRole, createRole, deleteRole } from './roles.ts';

const LARGEST_VERSION = 2_147_483_646;

/** A role in a list. */
export const Listed = Type.Object({
  uid: Type.String(),
  name: Type.String(),
  displayName: Type.String(),
  description: Type.String(),
  group: Type.String(),
  hidden: Type.Boolean(),
  global: Type.Boolean(),
  version: Type.Integer(),
  created: Timestamp,
  updated: Timestamp,
});

const Detail = Type.Object({
  ...Listed.properties,
  permissions: Type.Array(
    Type.Object({ action: Type.String(), scope: Type.String(), created: Timestamp, updated: Timestamp }),
  ),
});

// A star reaches everything only where it is all that stands between the colons, and only at the end.
const SCOPE = '^([^*\\u0000]*|([^*\\u0000]*:)?\\*)$';

const Changes = Type.Object({
  name: Name,
  version: Type.Optional(Type.Integer({ minimum: 0, maximum: LARGEST_VERSION })),
  displayName: Type.Optional(Text()),
  description: Type.Optional(Text(2000)),
  group: Type.Optional(Text()),
  hidden: Type.Optional(Type.Boolean()),
  permissions: Type.Optional(
    Type.Array(
      Type.Object({
        action: Name,
        scope: Type.Optional(Type.String({ maxLength: 255, pattern: SCOPE })),
      }),
      { maxItems: 1000, examples: [[{ action: 'dashboards:read', scope: 'dashboards:*' }]] },
    ),
  ),
});

const NewRole = Type.Object({
  ...Changes.properties,
  uid: Type.Optional(Type.String({ maxLength: 40, pattern: '^[A-Za-z0-9_-]*$' })),
  global: Type.Optional(Type.Boolean()),
});

const RoleParams = Type.Object({ uid: Text() });
const WRITE = can('roles:write', 'permissions:type:delegate');

export function rolesRoutes(app: App): void {
  app.get(
    '/api/access-control/roles',
    {
      config: { access: can('roles:read', 'roles:*') },
      schema: {
        querystring: Type.Object({
          includeHidden: Type.Optional(Type.Boolean()),
          delegatable: Type.Optional(Type.Boolean()),
        }),
        response: { 200: Type.Array(Listed) },
      },
    },
    async (request) => {
      const { includeHidden: hidden = false, delegatable: onlyOwn = false } = request.query;
      return (await knownRoles(contextOf(request), { hidden, onlyOwn })).map(listedRole);
    },
  );

  app.post(
    '/api/access-control/roles',
    {
      config: { access: WRITE, mayAnswer: [409] },
      schema: { body: NewRole, response: { 201: Detail } },
    },
    async (request, reply) =>
      reply.code(201).send(detail(await createRole(contextOf(request), request.body))),
  );

  app.get(
    '/api/access-control/roles/:uid',
    {
      config: { access: can('roles:read', 'roles:uid:{uid}') },
      schema: { params: RoleParams, response: { 200: Detail } },
    },
    async (request) => detail(await requireRole(contextOf(request), request.params.uid)),
  );

  app.put(
    '/api/access-control/roles/:uid',
    {
      config: { access: WRITE, mayAnswer: [409] },
      schema: { params: RoleParams, body: Changes, response: { 200: Detail } },
    },
    async (request) => detail(await changeRole(contextOf(request), request.params.uid, request.body)),
  );

  app.delete(
    '/api/access-control/roles/:uid',
    {
      config: { access: can('roles:delete', 'permissions:type:delegate') },
      schema: {
        params: RoleParams,
        querystring: Type.Object({
          force: Type.Optional(Type.Boolean()),
          global: Type.Optional(Type.Boolean()),
        }),
        response: { 200: Message },
      },
    },
    async (request) => {
      await deleteRole(contextOf(request), request.params.uid, { force: request.query.force ?? false });
      return { message: 'Role deleted' };
    },
  );
}

/** A role as lists show it. */
export function listedRole({
  uid,
  name,
  displayName,
  description,
  group,
  isHidden,
  isGlobal,
  ...role
}: KnownRole) {
  return {
    uid,
    name,
    displayName,
    description,
    group,
    hidden: isHidden,
    global: isGlobal,
    version: role.version,
    created: timestamp(role.createdAt ?? 0),
    updated: timestamp(role.updatedAt ?? 0),
  };
}

function detail(role: KnownRole) {
  const shown = listedRole(role);
  const { created, updated } = shown;
  const permissions = role.permissions.map(({ action, scope }) => ({ action, scope, created, updated }));
  return { ...shown, permissions };
}
