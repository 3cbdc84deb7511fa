import { type Static, Type } from 'typebox';
import { canOnServer } from '../../../access/can.ts';
import type { App } from '../../../http/app-type.ts';
import { pageOf, Paging } from '../../../http/paging.ts';
import { IdParams, Name, nullable, Query, Text, Timestamp } from '../../../http/schemas.ts';
import { urlOfStack } from '../../addresses.ts';
import type { CloudContext } from '../../context.ts';
import { instant, instantOrNull } from '../../http/time.ts';
import { regionsOf } from '../regions/regions.ts';
import {
  changeStack,
  createStack,
  deleteStack,
  restoreStack,
  resumeStack,
  statusOf,
  suspendStack,
} from '../stacks/stacks.ts';
import {
  inOrg,
  inOrgOfStack,
  orgsOfAll,
  requireStackOfAll,
  type StackInUse,
  stacksOfAll,
} from './administration.ts';

const Stack = Type.Object({
  id: Type.Integer(),
  name: Type.String(),
  slug: Type.String(),
  url: Type.String(),
  status: Type.Enum(['active', 'paused', 'deleted']),
  description: Type.String(),
  labels: Type.Record(Type.String(), Type.String()),
  deleteProtection: Type.Boolean(),
  regionSlug: Type.String(),
  orgId: Type.Integer(),
  orgSlug: Type.String(),
  orgName: Type.String(),
  createdAt: Timestamp,
  createdBy: Type.String(),
  updatedAt: Timestamp,
  updatedBy: Type.String(),
  suspendedAt: nullable(Timestamp),
  deletedAt: nullable(Timestamp),
  /** When what is deleted is removed for good. */
  removedAt: nullable(Timestamp),
  isOpen: Type.Boolean(),
  lastUsedAt: nullable(Timestamp),
  requestsLastWeek: Type.Integer(),
  bytes: nullable(Type.Integer()),
});
const Stacks = Type.Object({
  stacks: Type.Array(Stack),
  totalCount: Type.Integer(),
  page: Type.Integer(),
  perPage: Type.Integer(),
});
const Changes = Type.Object({
  name: Type.Optional(Text(190)),
  description: Type.Optional(Text(2000)),
  labels: Type.Optional(Type.Record(Type.String(), Text())),
  deleteProtection: Type.Optional(Type.Boolean()),
});
const NewStack = Type.Object({
  org: Name,
  slug: Type.Optional(Text()),
  region: Type.Optional(Text()),
  ...Changes.properties,
});

const access = canOnServer('orgs:write');

/** The cloud side for administrators of the server, at the server's own address: only where it has a cloud side. */
export function administrationRoutes(app: App, cloud: CloudContext): void {
  const told = async ({ id }: { id: number }) => stackAnswer(cloud, await requireStackOfAll(cloud, id));

  app.get(
    '/api/admin/cloud/orgs',
    {
      config: { access },
      schema: {
        summary: 'List the cloud organizations',
        response: {
          200: Type.Object({
            orgs: Type.Array(
              Type.Object({
                id: Type.Integer(),
                slug: Type.String(),
                name: Type.String(),
                stacks: Type.Integer(),
              }),
            ),
          }),
        },
      },
    },
    async () => ({ orgs: await orgsOfAll(cloud) }),
  );

  app.get(
    '/api/admin/cloud/regions',
    {
      config: { access },
      schema: {
        summary: 'List the regions that a stack may be in',
        response: {
          200: Type.Object({
            regions: Type.Array(
              Type.Object({ slug: Type.String(), name: Type.String(), description: Type.String() }),
            ),
          }),
        },
      },
    },
    () => ({ regions: regionsOf(cloud.config) }),
  );

  app.get(
    '/api/admin/cloud/stacks',
    {
      config: { access },
      schema: {
        summary: 'List the stacks of all cloud organizations, and how they are used',
        querystring: Type.Object({
          ...Paging,
          query: Query,
          deleted: Type.Optional(Type.Boolean()),
        }),
        response: { 200: Stacks },
      },
    },
    async ({ query: { query = '', deleted: isDeleted = false, ...paging } }) => {
      const { page, perPage, ...rows } = pageOf(paging);
      const { stacks, total } = await stacksOfAll(cloud, { query, isDeleted }, rows);
      return { stacks: stacks.map((stack) => stackAnswer(cloud, stack)), totalCount: total, page, perPage };
    },
  );

  app.post(
    '/api/admin/cloud/stacks',
    {
      config: { access, mayAnswer: [404, 409] },
      schema: { summary: 'Make a stack', body: NewStack, response: { 200: Stack } },
    },
    async (request) => {
      const { org, ...wanted } = request.body;
      return told(await createStack(await inOrg(cloud, org, request), wanted));
    },
  );

  app.get(
    '/api/admin/cloud/stacks/:id',
    {
      config: { access },
      schema: {
        summary: 'Show a stack, also one that is deleted and kept',
        params: IdParams,
        response: { 200: Stack },
      },
    },
    (request) => told(request.params),
  );

  app.patch(
    '/api/admin/cloud/stacks/:id',
    {
      config: { access, mayAnswer: [409] },
      schema: {
        summary: 'Change what is given of a stack',
        params: IdParams,
        body: Changes,
        response: { 200: Stack },
      },
    },
    async (request) => {
      const { id } = request.params;
      return told(await changeStack(await inOrgOfStack(cloud, id, request), String(id), request.body));
    },
  );

  app.delete(
    '/api/admin/cloud/stacks/:id',
    {
      config: { access, mayAnswer: [409] },
      schema: {
        summary: 'Delete a stack, whose data is kept for a while',
        params: IdParams,
        response: { 200: Stack },
      },
    },
    async (request) => {
      const { id } = request.params;
      return told(await deleteStack(await inOrgOfStack(cloud, id, request), String(id)));
    },
  );

  app.post(
    '/api/admin/cloud/stacks/:id/suspend',
    {
      config: { access },
      schema: {
        summary: 'Let nobody into a stack any more, and keep all it has',
        params: IdParams,
        response: { 200: Stack },
      },
    },
    async (request) => {
      const { id } = request.params;
      return told(await suspendStack(await inOrgOfStack(cloud, id, request), String(id)));
    },
  );

  app.post(
    '/api/admin/cloud/stacks/:id/resume',
    {
      config: { access },
      schema: {
        summary: 'Let people into a suspended stack again',
        params: IdParams,
        response: { 200: Stack },
      },
    },
    async (request) => {
      const { id } = request.params;
      return told(await resumeStack(await inOrgOfStack(cloud, id, request), String(id)));
    },
  );

  app.post(
    '/api/admin/cloud/stacks/:id/restore',
    {
      config: { access, mayAnswer: [409] },
      schema: {
        summary: 'Bring back a deleted stack while its data is kept',
        params: IdParams,
        response: { 200: Stack },
      },
    },
    async (request) => {
      const { id } = request.params;
      return told(await restoreStack(await inOrgOfStack(cloud, id, request), id));
    },
  );
}

function stackAnswer({ config }: CloudContext, of: StackInUse): Static<typeof Stack> {
  const { stack } = of;
  const { deleted_at } = stack;
  const kept = config.cloud.keep_deleted_for;
  return {
    id: stack.id,
    name: stack.name,
    slug: stack.slug,
    url: urlOfStack(config, stack),
    status: statusOf(stack),
    description: stack.description,
    labels: JSON.parse(stack.labels) as Record<string, string>,
    deleteProtection: stack.delete_protection === 1,
    regionSlug: stack.region,
    orgId: stack.org_id,
    orgSlug: stack.org_slug,
    orgName: stack.org_name,
    createdAt: instant(stack.created_at),
    createdBy: stack.created_by,
    updatedAt: instant(stack.updated_at),
    updatedBy: stack.updated_by,
    suspendedAt: instantOrNull(stack.suspended_at),
    deletedAt: instantOrNull(deleted_at),
    removedAt: instantOrNull(deleted_at === null ? null : deleted_at + kept),
    isOpen: of.isOpen,
    lastUsedAt: instantOrNull(of.lastUsedAt),
    requestsLastWeek: of.requests,
    bytes: of.bytes,
  };
}
