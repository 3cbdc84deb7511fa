import { Type } from 'typebox';
import { open } from '../../access/can.ts';
import type { App } from '../../http/app-type.ts';
import { contextOf } from '../../http/request.ts';
import { requireSameOrigin } from '../../http/same-origin.ts';
import { Message } from '../../http/schemas.ts';
import { sentSecret } from '../../http/session-cookie.ts';
import { signIn, signOut } from './sign-in.ts';

const LONGEST_USER_AGENT = 255;

const SignIn = Type.Object({
  user: Type.String({ maxLength: 1000 }),
  password: Type.String({ maxLength: 4096 }),
});

export function authenticationRoutes(app: App): void {
  app.post(
    '/login',
    {
      config: { access: open('this is where people say who they are'), mayAnswer: [401, 403, 429] },
      schema: { body: SignIn, response: { 200: Message } },
    },
    async (request) => {
      // Or another site could sign people in as somebody else.
      requireSameOrigin(app.context.config, request);
      const { user: login, password } = request.body;
      const userAgent = (request.headers['user-agent'] ?? '').slice(0, LONGEST_USER_AGENT);
      request.sessionCookie = await signIn(contextOf(request), { login, password, userAgent });
      return { message: 'Logged in' };
    },
  );

  app.post(
    '/logout',
    {
      config: {
        access: open('it ends the session that is shown, and says the same when there is none'),
        mayAnswer: [403],
      },
      schema: { response: { 200: Message } },
    },
    async (request) => {
      requireSameOrigin(app.context.config, request);
      const secret = sentSecret(app.context.config, request.headers);
      if (secret !== undefined) await signOut(contextOf(request), secret);
      request.sessionCookie = 'clear';
      return { message: 'Logged out' };
    },
  );
}
