import { strict as assert } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Running } from '../support/serving.ts';

export interface Answer {
  status: number;
  headers: Headers;
  // The runs say what they expect of a body by asserting it.
  // oxlint-disable-next-line typescript/no-explicit-any
  body: any;
  /** How long it took. */
  ms: number;
}

export interface Request {
  /** The value of the Authorization header; the first administrator's by default. */
  as?: string;
  /** A session, in place of that header. */
  cookie?: string | undefined;
  body?: unknown;
  orgId?: number;
}

const PATIENCE_MS = 30_000;
export const ADMIN = `Basic ${btoa('admin:admin')}`;

/** Asks a server; what it answers, whatever that is. Throws when there is no answer. */
export async function ask(
  { url }: Pick<Running, 'url'>,
  method: string,
  path: string,
  { cookie, as = cookie === undefined ? ADMIN : '', body, orgId }: Request = {},
): Promise<Answer> {
  const begun = performance.now();
  const answer = await fetch(url + path, {
    method,
    signal: AbortSignal.timeout(PATIENCE_MS),
    headers: {
      ...(as === '' ? {} : { authorization: as }),
      ...(cookie === undefined ? {} : { cookie }),
      ...(orgId === undefined ? {} : { 'x-grafana-org-id': String(orgId) }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  const isJson = answer.headers.get('content-type')?.startsWith('application/json') === true;
  return {
    status: answer.status,
    headers: answer.headers,
    body: isJson ? JSON.parse(text) : text,
    ms: performance.now() - begun,
  };
}

/** The same, where it has to go well; the body of the answer. */
export async function get(server: Pick<Running, 'url'>, path: string, as = ADMIN): Promise<Answer['body']> {
  return mustBe(200, await ask(server, 'GET', path, { as })).body;
}

/** An answer with just this status. */
export function mustBe(status: number, answer: Answer): Answer {
  assert.equal(
    answer.status,
    status,
    `${answer.status} instead of ${status}: ${JSON.stringify(answer.body)}`,
  );
  return answer;
}

/** A refusal for the time being, which says when to come again and what is to be done. */
export function mustBeUnavailable(answer: Answer, words: RegExp): void {
  mustBe(503, answer);
  assert.match(answer.headers.get('retry-after') ?? '', /^\d+$/);
  assert.match(`${answer.body.message}. ${answer.body.detail}`, words);
}

/** The milliseconds until something goes well that may go wrong at first; the last failure is thrown after so many seconds. */
export async function timeUntil(work: () => Promise<unknown>, seconds = 30): Promise<number> {
  const begun = performance.now();
  for (;;) {
    try {
      await work();
      return performance.now() - begun;
    } catch (error) {
      if (performance.now() - begun > seconds * 1000) throw error;
    }
    await sleep(25);
  }
}
