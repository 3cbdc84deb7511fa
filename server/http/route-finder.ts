import fastify, { type FastifyServerOptions } from 'fastify';
import type { Parameters } from '../access/admission.ts';
import type { GuardedRoute } from './request.ts';

/** How paths are read; the same for the server and for who explains what it does. */
export type Routing = Pick<FastifyServerOptions, 'rewriteUrl' | 'routerOptions'>;

/** Where a request would arrive. */
export interface Destination {
  /** Undefined where there is none. */
  route: GuardedRoute | undefined;
  /** What a request is answered that arrives nowhere: 404, or 400 and the like for a path that cannot be read. */
  status: number;
  parameters: Parameters;
  query: Readonly<Record<string, unknown>>;
}

export type FindRoute = (method: string, path: string) => Promise<Destination>;

/**
 * Finds out which route a request would arrive at without sending it there: by a second router of the same kind, which is made when
 * it is first asked and only says what it found.
 */
export function createRouteFinder(routes: readonly GuardedRoute[], routing: Routing): FindRoute {
  let signpost: ReturnType<typeof createSignpost> | undefined;
  return async (method, path) => {
    // Every GET answers HEAD as well, and an answer to HEAD has no body to say so in.
    const sent = method === 'HEAD' ? 'GET' : method;
    signpost ??= createSignpost(routes, routing);
    // Not as its address: what sends it would work out /../ and turn backslashes, as no server does.
    const headers = { [PATH]: encodeURIComponent(path.toWellFormed()) };
    const answer = await signpost.inject({ method: sent as 'GET', url: '/', headers });
    const { statusCode: status } = answer;
    if (status !== 200 && status !== 404) return { route: undefined, status, parameters: {}, query: {} };
    const { at, parameters, query } = answer.json<Said>();
    return { route: routes[at], status, parameters, query };
  };
}

const PATH = 'x-path';

interface Said {
  /** The place in the list of routes; -1 is nowhere. */
  at: number;
  parameters: Record<string, string>;
  query: Record<string, unknown>;
}

function createSignpost(routes: readonly GuardedRoute[], { rewriteUrl, ...routing }: Routing) {
  const app = fastify({
    ...routing,
    exposeHeadRoutes: false,
    rewriteUrl(request) {
      request.url = decodeURIComponent(String(request.headers[PATH]));
      return rewriteUrl?.call(this, request) ?? request.url;
    },
  });
  for (const [at, { method, url }] of routes.entries()) {
    app.route({
      method,
      url,
      handler: ({ params, query }) => ({ at, parameters: params, query }),
    });
  }
  app.setNotFoundHandler(({ query }, reply) => reply.code(404).send({ at: -1, parameters: {}, query }));
  return app;
}
