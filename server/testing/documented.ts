import type { GuardedRoute } from '../http/request.ts';
import { statusesOf } from '../http/statuses.ts';

type Check = (method: string, path: string, status: number) => void;

/** Refuses an answer with a status that the description of its route does not have. */
export function documentedOnly(routes: readonly GuardedRoute[]): Check {
  const known = routes
    .map((route) => ({
      route,
      pattern: new RegExp(`^${route.url.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+')}/?$`),
      statuses: new Set(statusesOf(route)),
    }))
    // A path that is spelled out wins over one with parameters, as it does in the server.
    .toSorted((one, other) => parameters(one.route.url) - parameters(other.route.url));

  return (method, path, status) => {
    const [bare = ''] = path.split('?');
    const found = known.find(({ route, pattern }) => route.method === method && pattern.test(bare));
    if (found === undefined || found.statuses.has(status)) return;
    throw new Error(
      `${method} ${path} answered ${status}, which its description does not have: add mayAnswer: [${status}] to the config of ${method} ${found.route.url}, and run npm run openapi`,
    );
  };
}

function parameters(url: string): number {
  return url.split(':').length;
}
