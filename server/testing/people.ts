import { expect } from 'vitest';
import { ADMIN, type Answer, type As, type World } from './world.ts';

/** A user, and how they ask. */
export interface MadeUser {
  id: number;
  login: string;
  as: As;
}

/** A new user with a password of their own, in an organization if one is named. */
export async function makeUser(world: World, login: string, more: object = {}): Promise<MadeUser> {
  const password = `password of ${login}`;
  const wanted = { login, email: `${login}@example.org`, name: login, password, ...more };
  const { status, body } = await world.send(ADMIN, 'POST', '/api/admin/users', wanted);
  expect(status, JSON.stringify(body)).toBe(200);
  return { id: body.id, login, as: { basic: `${login}:${password}` } };
}

/** A new organization, with the administrator as its first Admin; returns its id. */
export async function makeOrg(world: World, name: string): Promise<number> {
  const { status, body } = await world.send(ADMIN, 'POST', '/api/orgs', { name });
  expect(status, JSON.stringify(body)).toBe(200);
  return body.orgId;
}

/** A new user who is a member of one organization only. */
export async function makeMember(
  world: World,
  orgId: number,
  login: string,
  role: string,
): Promise<MadeUser> {
  const user = await makeUser(world, login, { OrgId: orgId });
  const { status } = await world.send(ADMIN, 'PATCH', `/api/orgs/${orgId}/users/${user.id}`, { role });
  expect(status).toBe(200);
  return user;
}

/** A browser that keeps the session cookie as it is told to. */
export interface Browser {
  /** The session's secret; undefined when the cookie was taken away. */
  cookie: string | undefined;
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
}

/** A browser with this cookie, or without any. */
export function makeBrowser(world: World, cookie?: string): Browser {
  const browser: Browser = {
    cookie,
    async send(method, path, body, headers = {}) {
      const sent = browser.cookie === undefined ? {} : { cookie: `grafana_session=${browser.cookie}` };
      const answer = await world.send(undefined, method, path, body, { ...sent, ...headers });
      const set = answer.headers.get('set-cookie');
      const value = /^grafana_session=([^;]*)/.exec(set ?? '')?.[1];
      if (value !== undefined) browser.cookie = value || undefined;
      return answer;
    },
  };
  return browser;
}

/** A browser in which a user has signed in. */
export async function signIn(
  world: World,
  login: string,
  password = `password of ${login}`,
): Promise<Browser> {
  const browser = makeBrowser(world);
  const { status, body } = await browser.send('POST', '/login', { user: login, password });
  expect(status, JSON.stringify(body)).toBe(200);
  return browser;
}
