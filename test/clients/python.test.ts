import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { statusesOf } from '../../server/http/statuses.ts';
import { makeUser } from '../../server/testing/people.ts';
import { ADMIN, startWorld, type World } from '../../server/testing/world.ts';
import { answersGiven, type Given } from '../support/answers.ts';
import { findPython } from '../support/python.ts';
import { runProgram } from '../support/run-program.ts';

// Two clients of Grafana's API from Python's registry, unmodified, each on a tour through all that it can do.

const HERE = dirname(fileURLToPath(import.meta.url));
const VIEWER = 'vera';

describe.each(['grafana-client', 'grafana-api'])('%s', async (client) => {
  const requirements = join(HERE, client, 'requirements.txt');
  const { python, objection } = await findPython(requirements, `The tour of ${client}`);

  test('works as a server administrator', async ({ skip }) => {
    skip(objection !== '', objection);
    await expectGoodTour(python, client, () => Promise.resolve('admin:admin'));
  });

  test("works with a token of an Admin's service account", async ({ skip }) => {
    skip(objection !== '', objection);
    await expectGoodTour(python, client, makeToken);
  });
});

async function expectGoodTour(
  python: string,
  client: string,
  credentialIn: (world: World) => Promise<string>,
): Promise<void> {
  const world = await startWorld();
  try {
    await makeUser(world, VIEWER);
    const { code, output } = await runProgram(
      python,
      [join(HERE, client, 'tour.py'), world.url, await credentialIn(world), VIEWER],
      { seconds: 25, env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' } },
    );
    expect(code, output).toBe(0);
    expect(output).toMatch(/^\d+ steps in \d+ chapters, 0 failed$/m);
    expect((await answersGiven(world)).filter(isUndocumented(world))).toEqual([]);
  } finally {
    await world.stop();
  }
}

async function makeToken(world: World): Promise<string> {
  const account = await world.send(ADMIN, 'POST', '/api/serviceaccounts', { name: 'tourist', role: 'Admin' });
  const token = await world.send(ADMIN, 'POST', `/api/serviceaccounts/${account.body.id}/tokens`, {
    name: 'tour',
  });
  return token.body.key;
}

/** Whether the description lacks a status that was answered, or the operation at all. */
function isUndocumented(world: World): (given: Given) => boolean {
  const documented = new Map(
    world.routes.map((route) => [`${route.method} ${route.url}`, statusesOf(route)]),
  );
  return ({ method, route, status }) => !(documented.get(`${method} ${route}`) ?? []).includes(status);
}
