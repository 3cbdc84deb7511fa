import type { Condition, Parameters } from '../../access/admission.ts';
import type { Access } from '../../access/can.ts';
import type { Context } from '../../context.ts';
import { nearestBySpelling } from './spelling.ts';
import { passed, refused, type Step } from './steps.ts';

/** A route as far as its refusals go. */
export interface AskedRoute {
  method: string;
  url: string;
  /** What it does, and what it asks, in words. */
  summary: string;
  needs: string;
  access: Access;
  condition: Condition | undefined;
  isForPeople: boolean;
  /** Whether it may refuse by itself, after everything that is asked beforehand. */
  looksItself: boolean;
  /** What it answers when all is well. */
  success: number;
}

/** Where a request arrives: a route, or the status that there is none. */
export interface Place {
  route: AskedRoute | undefined;
  status: number;
  parameters: Parameters;
  query: Readonly<Record<string, unknown>>;
}

export interface Routes {
  all: readonly { method: string; url: string }[];
  find(method: string, path: string): Promise<Place>;
}

interface Line {
  method: string;
  path: string;
}

interface Nearest {
  says: string;
  use: string;
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
const NOWHERE: Place = { route: undefined, status: 400, parameters: {}, query: {} };

/** Where a request was found to arrive. */
export interface Arrival {
  step: Step;
  place: Place;
  /** Whether that is so only behind a proxy that takes the path of root_url off. */
  isBehindProxy: boolean;
}

/** Finds the route that a request arrives at, and says so; where there is none, what is nearest. */
export async function routeStep({ config }: Context, routes: Routes, line: Line): Promise<Arrival> {
  if (line.method !== line.method.toUpperCase()) {
    const advice = `Write ${METHODS.join(', ')} or HEAD.`;
    const step = refused('route', 'Methods are in capitals, or the request is not understood.', { advice });
    return { step, place: NOWHERE, isBehindProxy: false };
  }
  const below = new URL(config.server.root_url).pathname.replace(/\/$/, '');
  const here = await arrivalAt(routes, line);
  if (here.place.route !== undefined || below === '' || !line.path.startsWith(`${below}/`)) return here;
  const { step, place } = await arrivalAt(routes, { ...line, path: line.path.slice(below.length) });
  const text = `${step.text} But ${below} is no part of it: a proxy before this server has to take that off, or [server] serve_from_sub_path = true.`;
  const outcome = step.outcome === 'passed' ? 'noted' : step.outcome;
  return { step: { ...step, outcome, text }, place, isBehindProxy: true };
}

async function arrivalAt(routes: Routes, line: Line): Promise<Arrival> {
  const place = await routes.find(line.method, line.path);
  return { step: await stepFor(routes, line, place), place, isBehindProxy: false };
}

async function stepFor(routes: Routes, line: Line, { route, status }: Place): Promise<Step> {
  if (route !== undefined) return arrived(route, line);
  if (status !== 404) {
    const advice = 'A percent sign in a path stands before two hex digits; by itself it is written %25.';
    return refused('route', 'The path cannot be read.', { advice });
  }
  const nearest = newerCall(line.path) ?? (await nearestByChange(routes, line)) ?? bySpelling(routes, line);
  const advice = nearest?.use ?? 'GET /api/openapi.json lists all calls, and /api/docs shows them.';
  return refused('route', nearest?.says ?? 'There is no such call here.', { advice });
}

function arrived({ url, summary }: AskedRoute, { method, path }: Line): Step {
  const [bare = ''] = path.split('?');
  const slash = bare.length > 1 && bare.endsWith('/') ? ' The slash at the end makes no difference.' : '';
  return passed('route', `${method} ${url} is a call of this server: ${summary}.${slash}`);
}

/** What leads somewhere, of the changes that are made to paths more often than others. */
async function nearestByChange(routes: Routes, { method, path }: Line): Promise<Nearest | undefined> {
  const here = await methodsAt(routes, path);
  const [first] = here;
  if (first !== undefined) {
    const taken = here.map((found) => found.method).join(', ');
    return {
      says: `The path is right, but it does not take ${method}.`,
      use: `It takes ${taken}: ${first.url}.`,
    };
  }
  const changes: [changed: string, says: string][] = [
    [`/api${path}`, 'the path does not begin with /api.'],
    [path.replaceAll(/\/{2,}/g, '/'), 'the path has two slashes side by side.'],
    [path.replace(/(%2[27]|["',;]){1,9}$/i, ''), 'the path ends with a quotation mark, comma or the like.'],
    [lowered(path), 'letters in a path are not the same as capitals.'],
    [path.replace(/^\/[^/]*/, ''), 'the path begins with something that this server does not lie under.'],
  ];
  for (const [changed, says] of changes) {
    if (changed === path || !changed.startsWith('/')) continue;
    const there = await methodsAt(routes, changed);
    const use = there.find((found) => found.method === method) ?? there[0];
    if (use) return { says: `There is no such call: ${says}`, use: `Use ${use.method} ${use.url}.` };
  }
  return undefined;
}

async function methodsAt(routes: Routes, path: string): Promise<{ method: string; url: string }[]> {
  const found = [];
  for (const method of METHODS) {
    const { route } = await routes.find(method, path);
    if (route !== undefined) found.push({ method, url: route.url });
  }
  return found;
}

function lowered(path: string): string {
  const query = path.indexOf('?');
  return query === -1 ? path.toLowerCase() : path.slice(0, query).toLowerCase() + path.slice(query);
}

// Grafana: its newer versions have the same things under /apis, in the manner of Kubernetes.
const NEWER: [pattern: RegExp, use: string][] = [
  [/\/dashboards\/[^/?]/, 'GET /api/dashboards/uid/:uid'],
  [/\/dashboards/, 'GET /api/search?type=dash-db, and POST /api/dashboards/db'],
  [/\/folders\/[^/?]/, 'GET /api/folders/:uid'],
  [/\/folders/, 'GET and POST /api/folders'],
  [/\/serviceaccounts\/[^/?]/, 'GET /api/serviceaccounts/:id'],
  [/\/serviceaccounts/, 'GET /api/serviceaccounts/search'],
  [/\/playlists/, 'GET /api/playlists'],
  [/\/teams/, 'GET /api/teams/search'],
  [/\/users/, 'GET /api/org/users'],
];

function newerCall(path: string): Nearest | undefined {
  if (!path.startsWith('/apis/')) return undefined;
  const use = NEWER.find(([pattern]) => pattern.test(path))?.[1];
  return {
    says: 'The calls under /apis are those of a newer Grafana; here the same things are under /api.',
    use: use === undefined ? 'GET /api/openapi.json lists all calls.' : `Use ${use}.`,
  };
}

function bySpelling(routes: Routes, line: Line): Nearest | undefined {
  const near = nearestBySpelling(routes.all, line);
  return near && { says: 'There is no such call here.', use: `The nearest is ${near.method} ${near.url}.` };
}
