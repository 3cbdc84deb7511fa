import { Type } from 'typebox';
import type { App } from '../../../http/app-type.ts';
import { Name, nullable } from '../../../http/schemas.ts';
import { cloudOf, needs } from '../../http/guard.ts';
import { instant, instantOrNull } from '../../http/time.ts';
import { addMember, changeMember, membersOf, removeMember, requireMember, requireOwnOrg } from './orgs.ts';
import type { CloudOrgRow, MemberRow } from './orgs.store.ts';

const Links = Type.Array(Type.Object({ rel: Type.String(), href: Type.String() }));
const Org = Type.Object({
  id: Type.Integer(),
  slug: Type.String(),
  name: Type.String(),
  url: Type.String(),
  createdAt: Type.String(),
  createdBy: nullable(Type.String()),
  updatedAt: nullable(Type.String()),
  updatedBy: nullable(Type.String()),
  avatar: nullable(Type.String()),
  links: Links,
});

const MemberRole = Type.Unsafe<string>({ enum: ['Admin', 'Editor', 'Viewer', 'None'] });
const Membership = {
  role: Type.Optional(MemberRole),
  billing: Type.Optional(Type.Integer({ minimum: 0, maximum: 1 })),
};
const Member = Type.Object({
  id: Type.Integer(),
  orgId: Type.Integer(),
  orgSlug: Type.String(),
  orgName: Type.String(),
  orgUrl: Type.String(),
  userId: Type.Integer(),
  userUsername: Type.String(),
  userName: Type.String(),
  userEmail: Type.String(),
  userStatus: Type.Integer(),
  status: Type.Integer(),
  role: Type.String(),
  billing: Type.Integer(),
  createdAt: Type.String(),
  createdBy: Type.String(),
  updatedAt: nullable(Type.String()),
  updatedBy: Type.String(),
});

const OrgParams = Type.Object({ org: Type.String() });
const MemberParams = Type.Object({ org: Type.String(), user: Type.String() });

export function orgsRoutes(app: App): void {
  app.get(
    '/api/orgs/:org',
    { config: needs('orgs:read'), schema: { params: OrgParams, response: { 200: Org } } },
    async (request) => orgAnswer(await requireOwnOrg(cloudOf(request), request.params.org)),
  );

  app.get(
    '/api/orgs/:org/members',
    {
      config: needs('orgs:read'),
      schema: { params: OrgParams, response: { 200: Type.Object({ items: Type.Array(Member) }) } },
    },
    async (request) => {
      const org = await requireOwnOrg(cloudOf(request), request.params.org);
      return { items: (await membersOf(cloudOf(request))).map((row) => memberAnswer(org, row)) };
    },
  );

  app.post(
    '/api/orgs/:org/members',
    {
      config: { ...needs('orgs:write'), mayAnswer: [409] },
      schema: {
        params: OrgParams,
        body: Type.Object({ username: Name, ...Membership }),
        response: { 200: Member },
      },
    },
    async (request) => {
      const org = await requireOwnOrg(cloudOf(request), request.params.org);
      return memberAnswer(org, await addMember(cloudOf(request), request.body));
    },
  );

  app.get(
    '/api/orgs/:org/members/:user',
    { config: needs('orgs:read'), schema: { params: MemberParams, response: { 200: Member } } },
    async (request) => {
      const org = await requireOwnOrg(cloudOf(request), request.params.org);
      return memberAnswer(org, await requireMember(cloudOf(request), request.params.user));
    },
  );

  app.post(
    '/api/orgs/:org/members/:user',
    {
      config: needs('orgs:write'),
      schema: { params: MemberParams, body: Type.Object(Membership), response: { 200: Member } },
    },
    async (request) => {
      const org = await requireOwnOrg(cloudOf(request), request.params.org);
      return memberAnswer(org, await changeMember(cloudOf(request), request.params.user, request.body));
    },
  );

  app.delete(
    '/api/orgs/:org/members/:user',
    {
      config: needs('orgs:write'),
      schema: { params: MemberParams, response: { 200: Type.Object({ message: Type.String() }) } },
    },
    async (request) => {
      await requireOwnOrg(cloudOf(request), request.params.org);
      await removeMember(cloudOf(request), request.params.user);
      return { message: 'Member removed' };
    },
  );
}

function orgAnswer(row: CloudOrgRow) {
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    url: '',
    createdAt: instant(row.created_at),
    createdBy: null,
    updatedAt: instantOrNull(row.updated_at),
    updatedBy: null,
    avatar: null,
    links: [
      { rel: 'self', href: `/orgs/${row.slug}` },
      { rel: 'api_keys', href: `/orgs/${row.slug}/api-keys` },
      { rel: 'members', href: `/orgs/${row.slug}/members` },
    ],
  };
}

function memberAnswer(org: CloudOrgRow, row: MemberRow) {
  return {
    id: row.id,
    orgId: org.id,
    orgSlug: org.slug,
    orgName: org.name,
    orgUrl: '',
    userId: row.id,
    userUsername: row.username,
    userName: row.username,
    userEmail: '',
    userStatus: 1,
    status: 1,
    role: row.role,
    billing: row.billing,
    createdAt: instant(row.created_at),
    createdBy: '',
    updatedAt: instantOrNull(row.updated_at),
    updatedBy: '',
  };
}
