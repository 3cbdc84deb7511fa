import { join } from 'node:path';
import { isGivenByRole } from '../server/access/admission.ts';
import { can } from '../server/access/can.ts';
import type { Identity } from '../server/access/identity.ts';
import { loadConfig } from '../server/config/config.ts';
import type { Context } from '../server/context.ts';
import { makeToken, secretHash } from '../server/crypto/secrets.ts';
import { ApiError } from '../server/errors.ts';
import { type Asking, authenticate, type Authenticators } from '../server/http/authenticate.ts';
import { proveBearer } from '../server/modules/authentication/bearer.ts';
import { openContext } from '../server/server.ts';
import { median } from './load.ts';
import { BENCH_SECRET_KEY, seedKeys, seedTokens } from './seed.ts';
import { table } from './turn.ts';

const COUNT = Math.min(100_000, Number(process.env['BENCH_TOKENS'] ?? 100_000));
const ROUNDS = 5;
const ACCESS = can('orgs:read');

interface Case {
  name: string;
  /** What is sent, one after the other. */
  secrets: readonly string[];
  /** Whether it is to be let in. */
  isRight: boolean;
  isNew?: boolean;
}

/**
 * From the Authorization header to who asks and whether they may, without HTTP, on one core and SQLite; beside it the SHA-256 of the
 * same strings. Whether all was decided as it should be.
 */
export async function benchVerify(directory: string): Promise<boolean> {
  const env = { GF_PATHS_DATA: directory, GF_SECURITY_SECRET_KEY: BENCH_SECRET_KEY };
  const tokens = await seedTokens(env, COUNT);
  const keys = (await seedKeys(env, COUNT, COUNT)).map(({ secret }) => secret);
  const unknown = Array.from({ length: COUNT }, makeToken);
  const mistyped = tokens.map((token) => token.replace(/.$/, (last) => (last === '0' ? '1' : '0')));
  const cases: Case[] = [
    { name: 'token, remembered', secrets: tokens, isRight: true },
    { name: 'API key, remembered', secrets: keys, isRight: true },
    { name: 'token, for the first time', secrets: tokens, isRight: true, isNew: true },
    { name: 'API key, for the first time', secrets: keys, isRight: true, isNew: true },
    { name: 'token that is not there', secrets: unknown, isRight: false },
    { name: 'mistyped token', secrets: mistyped, isRight: false },
  ];

  const { config } = loadConfig({
    home: join(import.meta.dirname, '..'),
    env,
    // Wrong ones are to be refused for being wrong, and not for being many.
    overrides: { log: { level: 'error' }, security: { disable_brute_force_login_protection: true } },
  });
  const { context, close } = await openContext(config);
  const taken = cases.map((): { ours: number; hash: number }[] => []);
  let wrong = 0;
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [at, { secrets, isRight, isNew = false }] of cases.entries()) {
      if (isNew) context.memory.clear();
      else if (isRight) await decide(context, secrets);
      const hash = await cpuMicroseconds(() => hashAll(secrets));
      const ours = await cpuMicroseconds(async () => {
        const letIn = await decide(context, secrets);
        if (letIn !== (isRight ? secrets.length : 0)) wrong++;
      });
      // The first round does not count: code that was never run is slow.
      if (round > 0) taken[at]?.push({ ours: ours / COUNT, hash: hash / COUNT });
    }
  }
  await close();

  const rows = cases.map(({ name }, at) => {
    const ours = median((taken[at] ?? []).map((each) => each.ours));
    const hash = median((taken[at] ?? []).map((each) => each.hash));
    return [
      name,
      `${(1e6 / ours).toFixed(0)} /s`,
      `${ours.toFixed(2)} µs`,
      `${hash.toFixed(2)} µs`,
      (ours / hash).toFixed(1),
    ];
  });
  console.log(`
Deciding who asks and whether they may, without HTTP: ${COUNT.toLocaleString('en')} of each kind in turn on SQLite, one at a time; by processor time, medians of ${ROUNDS} rounds

${table(['', 'on one core', 'each', 'SHA-256 alone', 'times as long'], rows)}`);
  return wrong === 0;
}

/** Asks with each of them as the guard of a route does, and returns how many may. */
async function decide(context: Context, secrets: readonly string[]): Promise<number> {
  const authenticators: Authenticators = {
    bearer: (secret, { ip }) => proveBearer(context, secret, ip),
    password: notAsked,
    session: notAsked,
  };
  let letIn = 0;
  for (const secret of secrets) {
    const asking = {
      method: 'GET',
      headers: { authorization: `Bearer ${secret}` },
      query: {},
      cookies: {},
      sessionCookie: undefined,
      ip: '127.0.0.1',
    } as unknown as Asking;
    try {
      const identity: Identity | Promise<Identity> = authenticate(context, authenticators, asking);
      if (isGivenByRole(ACCESS, identity instanceof Promise ? await identity : identity, {})) letIn++;
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 401)) throw error;
    }
  }
  return letIn;
}

function hashAll(secrets: readonly string[]): Promise<void> {
  for (const secret of secrets) secretHash(secret);
  return Promise.resolve();
}

function notAsked(): never {
  throw new Error('only keys and tokens are sent');
}

async function cpuMicroseconds(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}
