import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { open } from '../../access/can.ts';
import type { Identity } from '../../access/identity.ts';
import type { App } from '../../http/app-type.ts';
import { avatarUrl } from '../../http/avatar.ts';
import { contextOf } from '../../http/request.ts';
import { Id } from '../../http/schemas.ts';
import { nobody, userOf } from './bootdata.ts';
import { Settings, settingsFor, settingsForNobody } from './frontend-settings.routes.ts';

const User = Type.Object({
  isSignedIn: Type.Boolean(),
  id: Id,
  login: Type.String(),
  email: Type.String(),
  name: Type.String(),
  orgId: Id,
  orgName: Type.String(),
  orgRole: Type.String(),
  orgCount: Type.Integer(),
  isGrafanaAdmin: Type.Boolean(),
  gravatarUrl: Type.String(),
  theme: Type.String(),
  lightTheme: Type.Boolean(),
  timezone: Type.String(),
  weekStart: Type.String(),
  locale: Type.String(),
  language: Type.String(),
  helpFlags1: Type.Integer(),
  hasEditPermissionInFolders: Type.Boolean(),
  permissions: Type.Record(Type.String(), Type.Boolean()),
});

const Bootdata = Type.Object({ user: User, settings: Settings, navTree: Type.Array(Type.Object({})) });

/** What a page asks for first. `identify` says who asks and has them pay, undefined for nobody, and throws for a wrong credential. */
export function bootdataRoutes(
  app: App,
  identify: (request: FastifyRequest, reply: FastifyReply) => Promise<Identity | undefined>,
): void {
  app.get(
    '/bootdata',
    {
      config: {
        access: open('a page asks it before anybody has signed in, and is told who has'),
        mayAnswer: [400, 401, 403],
        paysItself: true,
      },
      schema: { summary: 'Read what a page needs to begin with', response: { 200: Bootdata } },
    },
    async (request, reply) => {
      const identity = await identify(request, reply);
      const locale = localeOf(request.headers['accept-language']);
      if (identity === undefined) {
        const user = { ...nobody(app.context), gravatarUrl: '', locale };
        return { user, settings: settingsForNobody(app.context), navTree: [] };
      }
      request.identity = identity;
      const context = contextOf(request);
      const user = await userOf(context);
      return {
        user: { ...user, gravatarUrl: avatarUrl(user), locale },
        settings: await settingsFor(context),
        navTree: [],
      };
    },
  );
}

/** The language that a browser would like best. */
function localeOf(accepted = ''): string {
  return /^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8}){0,3}(?=$|[,; ])/.exec(accepted.trim())?.[0] ?? 'en-US';
}
