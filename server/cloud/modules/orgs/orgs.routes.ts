import { Type } from 'typebox';
import type { App } from '../../../http/app-type.ts';
import { Name } from '../../../http/schemas.ts';
import { cloudOf, needs } from '../../http/guard.ts';
import { Member, memberAnswer, Org, orgAnswer } from './org-answer.routes.ts';
import { addMember, changeMember, membersOf, removeMember, requireMember, requireOwnOrg } from './orgs.ts';

const MemberRole = Type.Unsafe<string>({ enum: ['Admin', 'Editor', 'Viewer', 'None'] });
const Membership = {
  role: Type.Optional(MemberRole),
  billing: Type.Optional(Type.Integer({ minimum: 0, maximum: 1 })),
};
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
