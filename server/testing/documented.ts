import type { GuardedRoute } from '../http/request.ts';
import { statusesOf } from '../http/statuses.ts';

type Check = (method: string, path: string, status: number) => void;

// Of every server in this process: they have the same routes.
const patterns = new Map<string, RegExp>();

/** Refuses an answer with a status that the description of its route does not have. */
export function documentedOnly(routes: readonly GuardedRoute[]): Check {
  // A path that is spelled out wins over one with parameters, as it does in the server.
  const known = routes.toSorted((one, other) => parameters(one.url) - parameters(other.url));

  return (method, path, status) => {
    const [bare = ''] = path.split('?');
    const route = known.find((one) => one.method === method && patternOf(one.url).test(bare));
    if (route === undefined || statusesOf(route).includes(status)) return;
    throw new Error(
      `${method} ${path} answered ${status}, which its description does not have: add mayAnswer: [${status}] to the config of ${method} ${route.url}, and run npm run openapi`,
    );
  };
}

function patternOf(url: string): RegExp {
  let pattern = patterns.get(url);
  if (pattern === undefined) {
    pattern = new RegExp(`^${url.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+')}/?$`);
    patterns.set(url, pattern);
  }
  return pattern;
}

function parameters(url: string): number {
  return url.split(':').length;
}
