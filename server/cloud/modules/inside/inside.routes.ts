import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { App } from '../../../http/app-type.ts';
import { Id } from '../../../http/schemas.ts';
import { cloudOf, needs } from '../../http/guard.ts';
import { askInside } from './inside.ts';

// What a cloud credential may do inside a stack, and nothing else. What is taken and answered is the stack's own affair.
const ASKED = [
  'GET /api/serviceaccounts',
  'GET /api/serviceaccounts/search',
  'POST /api/serviceaccounts',
  'GET /api/serviceaccounts/:id',
  'PATCH /api/serviceaccounts/:id',
  'DELETE /api/serviceaccounts/:id',
  'GET /api/serviceaccounts/:id/tokens',
  'POST /api/serviceaccounts/:id/tokens',
  'DELETE /api/serviceaccounts/:id/tokens/:tokenId',
  'GET /api/auth/keys',
  'POST /api/auth/keys',
  'DELETE /api/auth/keys/:id',
] as const;

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

export function insideRoutes(app: App): void {
  for (const asked of ASKED) {
    const [method, path] = asked.split(' ') as [Method, string];
    app.route({
      method,
      url: `/api/instances/:stack${path}`,
      config: { ...needs('stack-service-accounts:write'), mayAnswer: [409] },
      schema: {
        description: `Takes and answers what ${method} ${path} of the stack does, which is asked as an Admin of its main organization.`,
        params: paramsOf(path),
        response: { [asked === 'POST /api/serviceaccounts' ? 201 : 200]: Type.Any() },
      },
      handler: (request, reply) => ask(request, reply, method, path),
    });
  }
}

/** Each name below the stack is an id: it can lead to nothing else. */
function paramsOf(path: string) {
  const ids = [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => [name, Id] as const);
  return Type.Object({ stack: Type.String(), ...Object.fromEntries(ids) });
}

async function ask(
  request: FastifyRequest,
  reply: FastifyReply,
  method: Method,
  path: string,
): Promise<unknown> {
  const { stack, ...ids } = request.params as { stack: string } & Record<string, unknown>;
  const filled = path.replaceAll(/:(\w+)/g, (_, name: string) => String(ids[name]));
  const query = request.url.includes('?') ? request.url.slice(request.url.indexOf('?')) : '';
  const { status, body } = await askInside(cloudOf(request), stack, {
    method,
    path: filled + query,
    body: request.body,
  });
  return reply.code(status).send(body);
}
