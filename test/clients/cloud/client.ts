import { randomUUID } from 'node:crypto';
import type { Answer, As } from '../../../server/testing/world.ts';
import type { CloudWorld } from '../../../server/testing/cloud.ts';

/** What an answer holds. */
export type Body = Answer['body'];

/** The HTTP client of a generation of the provider, for the cloud side and for the stacks themselves. */
export interface Client {
  get(path: string): Promise<Body>;
  /** What is there, or undefined. */
  find(path: string): Promise<Body>;
  post(path: string, body: object): Promise<Body>;
  put(path: string, body: object): Promise<Body>;
  remove(path: string): Promise<void>;
  /** Grafana's own API at the address of a stack. */
  at(url: string, key: string): Client;
  /** The status of a plain request without a credential, as for readiness. */
  probe(url: string, method?: 'GET' | 'HEAD'): Promise<number>;
}

/**
 * The client of generation 1 (grafana-api-golang-client): anything from 400 on is an error that begins with its status, and an answer
 * has to be JSON. Later ones (grafana.com's own) take nothing from 300 on, and send an id with each change.
 */
export function clientOf(world: CloudWorld, as: As, generation: number, base = world.cloud.url): Client {
  const limit = generation === 1 ? 400 : 300;

  async function ask(method: string, path: string, body?: object, alsoFine: number[] = []): Promise<Answer> {
    const id = generation > 1 && method !== 'GET' ? { 'x-request-id': `tf-${randomUUID()}` } : {};
    const answer = await world.sendTo(base, as, method, path, body, { accept: 'application/json', ...id });
    const told = `status: ${answer.status}, body: ${JSON.stringify(answer.body)} (${method} ${path})`;
    if (answer.status >= limit && !alsoFine.includes(answer.status)) throw new Error(told);
    if (!answer.headers.get('content-type')?.startsWith('application/json'))
      throw new Error(`${told}: not JSON`);
    return answer;
  }

  return {
    get: async (path) => (await ask('GET', path)).body,
    async find(path) {
      const { status, body } = await ask('GET', path, undefined, [404]);
      return status === 404 ? undefined : body;
    },
    post: async (path, body) => (await ask('POST', path, body)).body,
    put: async (path, body) => (await ask('PUT', path, body)).body,
    remove: async (path) => void (await ask('DELETE', path)),
    at: (url, key) => clientOf(world, { bearer: key }, generation, url),
    probe: async (url, method = 'GET') => (await world.sendTo(url, undefined, method, '')).status,
  };
}
