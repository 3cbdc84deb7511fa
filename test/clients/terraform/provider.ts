import { type Answer, type As, type World } from '../../../server/testing/world.ts';

/** What an answer holds; undefined from find(), when the server says that there is nothing. */
export type Body = Answer['body'];

/**
 * The provider's HTTP client for one organization. It takes nothing but the one success that it knows of for a call, and
 * a JSON body with every answer; anything else is an error here, where Terraform would retry, or stop.
 */
export interface Provider {
  orgId: number;
  get(path: string): Promise<Body>;
  /** What is there, or undefined. */
  find(path: string): Promise<Body>;
  post(path: string, body: object, sending?: Sending): Promise<Body>;
  put(path: string, body: object, sending?: Sending): Promise<Body>;
  patch(path: string, body: object, sending?: Sending): Promise<Body>;
  /** Takes a thing away; that it was gone already is fine, too. */
  remove(path: string, success?: number): Promise<void>;
  /** All rows of a list, page by page, until a page is empty. */
  all(list: List): Promise<Body[]>;
}

export interface Sending {
  /** The one success; 200 unless told otherwise. */
  success?: number;
  /** Fields that are sent even when they are empty. */
  evenEmpty?: string[];
}

/** A list that is read by pages. */
export interface List {
  path: string;
  /** What a page's length is called. */
  size: 'perpage' | 'perPage' | 'limit';
  first?: 0 | 1;
  rows?(body: Body): Body[];
}

const PAGE = 2;
const MOST_PAGES = 50;

/** A provider block of a configuration: the credential and, with `org_id`, the organization. */
export function configure(world: World, as: As, orgId: number): Provider {
  const headers = { accept: 'application/json', 'x-grafana-org-id': String(orgId) };

  async function ask(method: string, path: string, body: object | undefined, statuses: number[]) {
    const answer = await world.send(as, method, path, body, headers);
    const told = `${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`;
    if (!statuses.includes(answer.status)) throw new Error(`${told}, instead of ${statuses.join(' or ')}`);
    if (answer.status !== 204 && !answer.headers.get('content-type')?.startsWith('application/json')) {
      throw new Error(`${told}, which is not JSON`);
    }
    return answer;
  }

  const change =
    (method: string) =>
    async (path: string, body: object, sending: Sending = {}) => {
      const { success = 200, evenEmpty = [] } = sending;
      return (await ask(method, path, withoutEmpty(body, evenEmpty), [success])).body;
    };

  async function all({ path, size, first = 1, rows = (body) => body }: List): Promise<Body[]> {
    const found: Body[] = [];
    for (let page = first; page < MOST_PAGES; page += 1) {
      const paged = `${path}${path.includes('?') ? '&' : '?'}${size}=${PAGE}&page=${page}`;
      const onPage = rows((await ask('GET', paged, undefined, [200])).body);
      if (onPage.length === 0) return found;
      found.push(...onPage);
    }
    throw new Error(`${path} has no empty page`);
  }

  return {
    orgId,
    get: async (path) => (await ask('GET', path, undefined, [200])).body,
    async find(path) {
      const { status, body } = await ask('GET', path, undefined, [200, 404]);
      return status === 404 ? undefined : body;
    },
    post: change('POST'),
    put: change('PUT'),
    patch: change('PATCH'),
    async remove(path, success = 200) {
      await ask('DELETE', path, undefined, [success, 404]);
    },
    all,
  };
}

/**
 * A body as the Go client writes it: it leaves out texts, numbers and flags that are empty, here and in the items of
 * lists, and writes null for an empty list. Documents of the user's own, which are objects, stay as they are.
 */
function withoutEmpty(body: object, evenEmpty: string[]): object {
  const entries = Object.entries(body).map(([field, value]) => [field, ofList(value)] as const);
  return Object.fromEntries(entries.filter(([field, value]) => evenEmpty.includes(field) || !isEmpty(value)));
}

function ofList(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return value.length === 0 ? null : value.map((item) => (isObject(item) ? withoutEmpty(item, []) : item));
}

function isEmpty(value: unknown): boolean {
  return value === '' || value === 0 || value === false || value === undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
