import { ApiFailure, type ErrorBody, Unreachable } from './failures.ts';

/** What proves who asks: a key or token, or a person's login and password. */
export type Credential = { token: string } | { user: string; password: string };

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface ClientOptions {
  /** Of the server, with whatever path it lies under. */
  url: string;
  credential?: Credential | undefined;
  /** The organization to act in, where it is not the credential's own. */
  orgId?: number | undefined;
  timeoutMs?: number | undefined;
}

export interface Client {
  /** The server's address without a slash at the end. */
  readonly url: string;
  /** The answer's body. Throws an ApiFailure for what is no success, and Unreachable where no server of ours answers. */
  request<T>(method: Method, path: string, body?: unknown): Promise<T>;
  /** A body that may be long, as it comes: only until it begins is there a limit of time. Throws as request does, and when it breaks off. */
  stream(path: string): AsyncIterable<Uint8Array>;
}

const TIMEOUT_MS = 30_000;

/** A client of one server as one somebody. It follows no redirect, so that a credential goes nowhere but there. */
export function createClient({ url, credential, orgId, timeoutMs = TIMEOUT_MS }: ClientOptions): Client {
  const base = url.replace(/\/+$/, '');
  const headers = {
    accept: 'application/json',
    // So that whoever reads who used a key knows this for what it is.
    'user-agent': 'latchkey',
    ...(credential === undefined ? {} : { authorization: authorization(credential) }),
    ...(orgId === undefined ? {} : { 'x-grafana-org-id': String(orgId) }),
  };

  async function exchange(
    method: Method,
    path: string,
    body: unknown,
  ): Promise<{ response: Response; text: string }> {
    try {
      const response = await fetch(base + path, {
        method,
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
        headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { response, text: await response.text() };
    } catch (cause) {
      throw new Unreachable(base, cause, timeoutMs);
    }
  }

  async function begin(path: string): Promise<Response> {
    const ending = new AbortController();
    const late = setTimeout(() => ending.abort(new DOMException('', 'TimeoutError')), timeoutMs);
    try {
      return await fetch(base + path, {
        redirect: 'manual',
        signal: ending.signal,
        headers: { ...headers, accept: '*/*' },
      });
    } catch (cause) {
      throw new Unreachable(base, cause, timeoutMs);
    } finally {
      clearTimeout(late);
    }
  }

  function failure(response: Response, answer: unknown): ApiFailure {
    return new ApiFailure({
      status: response.status,
      statusText: response.statusText,
      url: base,
      location: response.headers.get('location'),
      retryAfter: response.headers.get('retry-after'),
      body: isObject(answer) ? answer : undefined,
    });
  }

  return {
    url: base,
    async request<T>(method: Method, path: string, body?: unknown): Promise<T> {
      const { response, text } = await exchange(method, path, body);
      const answer = parsed(text);
      if (response.ok && answer !== undefined) return answer as T;
      throw failure(response, answer);
    },
    async *stream(path) {
      const response = await begin(path);
      if (!response.ok) throw failure(response, parsed(await response.text()));
      const reader = response.body?.getReader();
      if (reader === undefined) return;
      try {
        for (let part = await read(reader); !part.done; part = await read(reader)) yield part.value;
      } finally {
        await reader.cancel();
      }
    },
  };

  async function read(reader: ReadableStreamDefaultReader<Uint8Array>) {
    try {
      return await reader.read();
    } catch (cause) {
      throw new Unreachable(base, cause, timeoutMs);
    }
  }
}

/** What goes into the Authorization header. */
function authorization(credential: Credential): string {
  if ('token' in credential) return `Bearer ${credential.token}`;
  const bytes = new TextEncoder().encode(`${credential.user}:${credential.password}`);
  return `Basic ${btoa(Array.from(bytes, (byte) => String.fromCodePoint(byte)).join(''))}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A page of a proxy, or of some other server: the status says more than its text.
    return undefined;
  }
}

function isObject(value: unknown): value is ErrorBody {
  return typeof value === 'object' && value !== null;
}
