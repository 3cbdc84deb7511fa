import { Agent, request } from 'node:http';
import { afterAll, beforeAll, expect } from 'vitest';
import { ADMIN, type As } from '../../server/testing/world.ts';
import { type CloudWorld, startCloudWorld } from '../../server/testing/cloud.ts';
import { attack } from './attack.ts';

// No credential of one stack is worth anything in another one, on the server itself or on the cloud side, nor the other way round.

const OWN = 'each stack has a database and a memory of its own (server/cloud/open-stacks.ts)';

interface Stack {
  slug: string;
  url: string;
  credentials: Record<string, As>;
}

let world: CloudWorld;
let stacks: [Stack, Stack];
beforeAll(async () => {
  // Whoever guesses is held up elsewhere: here each one is to hear what it would get.
  world = await startCloudWorld({ security: { disable_brute_force_login_protection: true } });
  // They have the same ids and names, so that what is remembered of the one would fit the other.
  stacks = [await makeStack('mine'), await makeStack('theirs')];
});
afterAll(() => world.stop());

async function asked(as: As, method: string, path: string, body?: unknown) {
  const { status, body: answer } = await world.ask(as, method, path, body);
  expect(status, `${method} ${path}: ${JSON.stringify(answer)}`).toBeLessThan(300);
  return answer;
}

async function makeStack(slug: string): Promise<Stack> {
  const { url } = await asked(world.admin, 'POST', '/api/instances', { name: slug, slug });
  const inside = `/api/instances/${slug}/api`;
  const { id } = await asked(world.admin, 'POST', `${inside}/serviceaccounts`, {
    name: 'robot',
    role: 'Admin',
  });
  const token = await asked(world.admin, 'POST', `${inside}/serviceaccounts/${id}/tokens`, { name: 'token' });
  const key = await asked(world.admin, 'POST', `${inside}/auth/keys`, { name: 'key', role: 'Admin' });
  return { slug, url, credentials: { token: { bearer: token.key }, key: { bearer: key.key } } };
}

/** The paths of all routes that ask for a credential, with something in place of their parameters. */
function guarded(): [method: string, path: string][] {
  return world.routes
    .filter(({ access, method }) => access.kind !== 'open' && method !== 'HEAD')
    .map(({ method, url }) => [method, url.replaceAll(/:\w+/g, '1')]);
}

function cloudSide(slug: string): [method: string, path: string][] {
  return (world.cloud.routes ?? [])
    .filter(({ method }) => method !== 'HEAD')
    .map(({ method, url }) => {
      const path = url.replace(':stack', slug).replace(':org', 'acme').replaceAll(/:\w+/g, '1');
      return [method, `${path}?region=eu`];
    });
}

attack('a credential of one stack, at every route of another stack', OWN, async (tried) => {
  for (const [from, to] of [stacks, stacks.toReversed()] as [Stack, Stack][]) {
    for (const [kind, as] of Object.entries(from.credentials)) {
      expect((await world.sendTo(from.url, as, 'GET', '/api/org')).status).toBe(200);
      for (const [method, path] of guarded()) {
        const { status } = await world.sendTo(to.url, as, method, path, method === 'GET' ? undefined : {});
        tried();
        expect(status, `${kind} of ${from.slug} in ${to.slug}: ${method} ${path}`).toBe(401);
      }
    }
  }
});

attack('a credential of a stack, at every route of the server that the stack is in', OWN, async (tried) => {
  for (const as of Object.values(stacks[0].credentials)) {
    for (const [method, path] of guarded()) {
      const { status } = await world.send(as, method, path, method === 'GET' ? undefined : {});
      tried();
      expect(status, `${method} ${path}`).toBe(401);
    }
  }
});

attack(
  'a credential of a stack or of the server, or none, at every route of the cloud side',
  'cloud credentials have a form and a table of their own (server/cloud/authenticate.ts)',
  async (tried) => {
    const { body: key } = await world.send(ADMIN, 'POST', '/api/auth/keys', {
      name: 'plain',
      role: 'Admin',
      isGrafanaAdmin: true,
    });
    const foreign: As[] = [undefined, ADMIN, { bearer: key.key }, ...Object.values(stacks[0].credentials)];
    for (const as of foreign) {
      for (const [method, path] of cloudSide('mine')) {
        const { status } = await world.ask(as, method, path, method === 'GET' ? undefined : {});
        tried();
        expect(status, `${method} ${path}`).toBe(401);
      }
    }
  },
);

attack(
  'a cloud credential, at every route of the stacks and of the server',
  'a stack takes its own credentials alone (server/modules/authentication/bearer.ts)',
  async (tried) => {
    for (const url of [stacks[0].url, world.url]) {
      for (const [method, path] of guarded()) {
        const { status } = await world.sendTo(
          url,
          world.admin,
          method,
          path,
          method === 'GET' ? undefined : {},
        );
        tried();
        expect(status, `${url}: ${method} ${path}`).toBe(401);
      }
    }
  },
);

attack(
  "a cloud credential without a route's scope, and that of another organization, at every route of the cloud side",
  'the guard asks for the scope, and every rule for the organization (server/cloud/http/guard.ts)',
  async (tried) => {
    const policy = {
      name: 'nothing',
      scopes: ['metrics:write'],
      realms: [{ type: 'org', identifier: 'acme' }],
    };
    const { id } = await asked(world.admin, 'POST', '/api/v1/accesspolicies?region=eu', policy);
    const { token } = await asked(world.admin, 'POST', '/api/v1/tokens?region=eu', {
      accessPolicyId: id,
      name: 'nothing',
    });
    const other = await world.otherOrg('Other');
    for (const [method, path] of cloudSide('mine')) {
      const body = method === 'GET' ? undefined : {};
      expect((await world.ask({ bearer: token }, method, path, body)).status, `${method} ${path}`).toBe(403);
      const answer = await world.ask(other.as, method, path, body);
      expect(JSON.stringify(answer.body), `${method} ${path}`).not.toContain('"slug":"mine"');
      if (path.includes('/mine')) expect(answer.status, `${method} ${path}`).toBeGreaterThanOrEqual(400);
      tried(2);
    }
    expect((await world.ask(world.admin, 'GET', '/api/instances/mine')).status).toBe(200);
  },
);

attack(
  'one connection that asks two stacks in turn, and names one stack in the address and another in Host',
  'the port says which stack it is, or else Host does, anew for each request (server/cloud/arrivals.ts)',
  async (tried) => {
    const [mine, theirs] = stacks;
    const { bearer } = mine.credentials['token'] as { bearer: string };
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (const [url, host, wanted] of [
      [mine.url, new URL(theirs.url).host, 200],
      [theirs.url, new URL(mine.url).host, 401],
      [mine.url, 'theirs', 200],
    ] as const) {
      for (let round = 0; round < 5; round++) {
        expect(await statusAt(`${url}/api/org`, { host, authorization: `Bearer ${bearer}` }, agent)).toBe(
          wanted,
        );
        tried();
      }
    }
    agent.destroy();
  },
);

/** The status of a request whose Host says something else than its address. */
async function statusAt(url: string, headers: Record<string, string>, agent: Agent): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  request(url, { headers, agent }, (response) => {
    response.resume().on('end', () => resolve(response.statusCode ?? 0));
  })
    .on('error', reject)
    .end();
  return promise;
}
