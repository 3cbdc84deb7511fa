import createFetchClient, { type Middleware } from 'openapi-fetch';
import createQueryApi from 'openapi-react-query';
import { ApiFailure, type ErrorBody, Unreachable } from '../../../client/failures.ts';
import type { paths } from '../../../client/openapi.d.ts';

export type { Answer } from '../../../client/answer.ts';

/** Where the server lies, with whatever path it is under, without a slash at the end. */
export const SERVER_URL = new URL('.', document.baseURI).href.replace(/\/$/, '');

let orgId: number | undefined;

/** From now on every request acts in this organization, whatever another tab switches to. */
export function actIn(id: number | undefined): void {
  orgId = id;
}

const refusalsThrow: Middleware = {
  onRequest({ request }) {
    if (orgId !== undefined) request.headers.set('x-grafana-org-id', String(orgId));
  },
  async onResponse({ response }) {
    if (!response.ok) throw await failureOf(response);
  },
  onError: ({ error }) => new Unreachable(SERVER_URL, error, 0),
};

async function failureOf(response: Response): Promise<ApiFailure> {
  const body = await response.json().catch(() => undefined);
  return new ApiFailure({
    status: response.status,
    statusText: response.statusText,
    url: SERVER_URL,
    location: null,
    retryAfter: response.headers.get('retry-after'),
    body: typeof body === 'object' && body !== null ? (body as ErrorBody) : undefined,
  });
}

/** Every call of the API by method and path, with the types of its description. Throws ApiFailure and Unreachable. */
export const client = createFetchClient<paths>({ baseUrl: SERVER_URL, credentials: 'same-origin' });
client.use(refusalsThrow);

/** The same as queries and mutations: `api.useQuery('get', '/api/org')`. */
export const api = createQueryApi(client);
