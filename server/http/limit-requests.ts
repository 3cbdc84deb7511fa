import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CredentialKind, Identity, PrincipalKind } from '../access/identity.ts';
import type { Context } from '../context.ts';
import { ApiError } from '../errors.ts';
import { type Bucket, type BucketKind, networkOf, unitsAt, waitOf } from '../limits.ts';
import { refusedBy } from './refusal.ts';
import { addressOf } from './request.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whether a bucket paid for it: the guard asks twice where there is a body. */
    isPaid: boolean;
  }
}

/** The error to answer with, if any: a promise of it where servers count together. */
type Spent = ApiError | undefined | Promise<ApiError | undefined>;

/** Who asks: somebody known to a server or stack, or to the cloud side, which has limits of its own. */
interface Asking {
  credential: { kind: CredentialKind | 'cloud-key' | 'policy-token'; id: number };
  principal: { kind: PrincipalKind; id: number };
  orgId: number;
}

/** Takes each request from the bucket of who asks. What is returned is the error to answer with: 429 where that is empty. */
export interface RequestLimiter {
  spend(request: FastifyRequest, reply: FastifyReply, asking: Asking): Spent;
  spendAddress(request: FastifyRequest, reply: FastifyReply): Spent;
  /**
   * For a request that was refused with an error: its credential pays where that is known, so that nobody else does. What is returned
   * is that error or 429, or a promise of it.
   */
  spendRefused(request: FastifyRequest, reply: FastifyReply, error: unknown): unknown;
}

interface Payer {
  kind: BucketKind;
  id: number;
  personId: number;
  orgId: number;
}

const NOBODY: Payer = { kind: 'address', id: 0, personId: 0, orgId: 0 };

// Probes have to be answered when it matters most, and people have to be able to sign in from where others misbehave: wrong
// passwords are limited in another way.
const UNLIMITED = new Set([
  'GET /healthz',
  'GET /readyz',
  'GET /api/health',
  'GET /metrics',
  'GET /',
  'GET /login',
  'POST /login',
  'POST /logout',
  'GET /public/build/:file',
]);

/** Whether requests to a route count at all. */
export function isLimited({ method, url }: { method: string; url: string }): boolean {
  return !UNLIMITED.has(`${method === 'HEAD' ? 'GET' : method} ${url}`);
}

/** The limiter that the settings ask for, if any. */
export function requestLimiter(
  context: Pick<Context, 'config' | 'limits' | 'now'>,
): RequestLimiter | undefined {
  const { requests } = context.limits;
  if (requests === undefined) return undefined;
  const { limit, buckets } = requests;
  const { lately, shared } = context.limits;
  const one = { wanted: limit.cost, least: 0, isForced: false };
  const { per_second: perSecond, burst } = context.config.rate_limiting;
  const policy = `"default";q=${burst};w=${Math.ceil(burst / perSecond)}`;
  const most = String(burst);

  function take(request: FastifyRequest, reply: FastifyReply, payer: Payer): Spent {
    request.isPaid = true;
    const key = payer.id === 0 ? networkOf(addressOf(request)) : payer.id;
    const taking = shared?.take(`requests:${payer.kind}:${key}`, limit, one);
    if (taking === undefined) return takeHere(request, reply, payer, key);
    return taking.then((taken) => {
      if (taken === undefined) return takeHere(request, reply, payer, key);
      const now = context.now();
      const bucket = bucketOf(payer.kind, key, now);
      // Whoever counts alone later begins with what there was together.
      bucket.at = now;
      bucket.units = taken.left;
      return answer(request, reply, payer, bucket, taken.isTaken ? 0 : waitOf(limit, taken.left));
    });
  }

  function takeHere(
    request: FastifyRequest,
    reply: FastifyReply,
    payer: Payer,
    key: number | string,
  ): ApiError | undefined {
    const now = context.now();
    const bucket = bucketOf(payer.kind, key, now);
    const units = unitsAt(limit, bucket, now);
    const wait = waitOf(limit, units);
    bucket.at = now;
    bucket.units = wait === 0 ? units - limit.cost : units;
    return answer(request, reply, payer, bucket, wait);
  }

  function bucketOf(kind: BucketKind, key: number | string, now: number): Bucket {
    const known: Bucket | undefined = buckets[kind].get(key);
    if (known !== undefined) return known;
    const bucket = { units: limit.capacity, at: now };
    buckets[kind].set(key, bucket);
    return bucket;
  }

  function answer(
    request: FastifyRequest,
    reply: FastifyReply,
    payer: Payer,
    { units, at }: Bucket,
    wait: number,
  ): ApiError | undefined {
    const left = String(Math.floor(units / limit.cost));
    // Of the draft: in how many seconds there is all of it again.
    const reset = String(Math.ceil((limit.capacity - units) / limit.refillPerMs / 1000));
    reply.header('ratelimit-policy', policy);
    reply.header('ratelimit', `"default";r=${left};t=${reset}`);
    reply.header('ratelimit-limit', most);
    reply.header('ratelimit-remaining', left);
    reply.header('ratelimit-reset', reset);
    if (wait === 0) return undefined;
    lately.note({ ...payer, address: addressOf(request), reason: 'requests', until: at + wait }, at);
    return tooMany(payer.kind, wait, perSecond, burst);
  }

  return {
    spend(request, reply, { credential, principal, orgId }) {
      if (request.isPaid) return undefined;
      const kind = bucketKind(credential.kind);
      const personId = principal.kind === 'user' ? principal.id : 0;
      return take(request, reply, {
        kind,
        id: kind === 'password' ? personId : credential.id,
        personId,
        orgId,
      });
    },
    spendAddress: (request, reply) => (request.isPaid ? undefined : take(request, reply, NOBODY)),
    spendRefused(request, reply, error) {
      if (request.isPaid || !(error instanceof ApiError) || error.status === 429 || error.status >= 500) {
        return error;
      }
      const refused = refusedBy(error);
      const payer = refused && {
        // What is known of a refused session is whose it is.
        kind: refused.kind === 'session' ? 'password' : bucketKind(refused.kind),
        id: refused.credentialId,
        personId: refused.kind === 'session' || refused.kind === 'password' ? refused.credentialId : 0,
        orgId: refused.orgId,
      };
      const limited = take(request, reply, payer ?? NOBODY);
      return limited instanceof Promise ? limited.then((found) => found ?? error) : (limited ?? error);
    },
  };
}

function bucketKind(kind: Asking['credential']['kind']): BucketKind {
  if (kind === 'cloud-key') return 'api-key';
  if (kind === 'policy-token') return 'token';
  // Whoever runs commands on the machine sends no requests, and the cloud side's within a stack are its own.
  return kind === 'machine' || kind === 'cloud' ? 'address' : kind;
}

function tooMany(kind: string, wait: number, perSecond: number, burst: number): ApiError {
  const whose = kind === 'address' ? 'this address without a known credential' : 'this credential';
  const seconds = Math.max(1, Math.ceil(wait / 1000));
  return new ApiError(429, 'rate-limited', 'Too many requests', {
    cause: { limited: kind, why: 'requests' },
    detail:
      `Requests of ${whose} are limited to ${perSecond} a second, ${burst} at once: wait ${seconds} s and send it again, or ask an ` +
      'administrator of the server for more ([rate_limiting] per_second and burst).',
    headers: { 'retry-after': String(seconds) },
  });
}

/** Who asks a route that looks for itself, once somebody has paid for the request. Throws what it is refused with. */
export async function identifyPaying(
  limiter: RequestLimiter | undefined,
  request: FastifyRequest,
  reply: FastifyReply,
  identify: () => Identity | undefined | Promise<Identity | undefined>,
): Promise<Identity | undefined> {
  let identity: Identity | undefined;
  try {
    identity = await identify();
  } catch (error) {
    throw limiter ? await limiter.spendRefused(request, reply, error) : error;
  }
  const limited = await (identity
    ? limiter?.spend(request, reply, identity)
    : limiter?.spendAddress(request, reply));
  if (limited !== undefined) throw limited;
  return identity;
}
