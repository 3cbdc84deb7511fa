import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, createClient } from '../../client/client.ts';
import { ApiFailure, Unreachable } from '../../client/failures.ts';
import type { Health, Self } from '../../client/shapes.ts';
import { EXIT, exitCodeOf } from '../failure.ts';
import { OWN_NAME } from '../own-name.ts';
import { adviseOnRefusal, isOfCloud } from './advice.ts';
import type { Connection } from './connection.ts';
import { type Look, lookAt } from './credential-look.ts';

/** A call that was not answered as hoped: what the server said, and what to do. */
export interface Refused {
  status: number | null;
  message: string;
  advice: string[];
}

/** One well known call, and whether the credential may make it. */
export interface Attempt {
  call: string;
  purpose: string;
  /** Null when it is not known: the server limits requests or is in trouble. */
  allowed: boolean | null;
  status: number | null;
  reason?: string;
  mend?: string;
}

export interface Identity {
  kind: string;
  name: string;
  login: string;
  org: { id: number; name: string | null };
  role: string | null;
  isServerAdmin: boolean;
  /** RFC 3339; null when it never expires, or is a password. */
  expiresAt: string | null;
}

/** The credential as it looks from here, and how it is sent. */
type LookedAt = Look & {
  source: string | undefined;
  /** The scheme in the Authorization header. */
  header: 'Bearer' | 'Basic' | undefined;
  /** Credentials that were for other servers. */
  leftOut: string[];
  inTheClear: boolean;
};

interface Server {
  reachable: boolean;
  /** Whether what answers is a server of this API; nothing else gets to see the credential. */
  isOfTheApi: boolean;
  version: string | null;
  database: string | null;
  problem: Refused | null;
}

/** All that whoami found out, in the order in which it asked. */
export interface Findings {
  url: string;
  server: Server;
  credential: LookedAt;
  refused: Refused | null;
  identity: Identity | null;
  access: Attempt[];
  exitCode: number;
}

const NOBODY: Server = { reachable: false, isOfTheApi: false, version: null, database: null, problem: null };

const CLOUD_SIDE = `This is the cloud side, which has commands of its own: "${OWN_NAME} cloud regions" tries a key or token there.`;

const CALLS = [
  { path: '/api/org', purpose: 'read the organization' },
  { path: '/api/folders', purpose: 'list folders' },
  { path: '/api/auth/keys', purpose: 'list API keys' },
  { path: '/api/serviceaccounts/search', purpose: 'list service accounts' },
  { path: '/api/admin/stats', purpose: 'read the statistics of the server' },
] as const;

/** Asks one thing after the other, and stops where going on would tell nothing. */
export async function investigate(connection: Connection): Promise<Findings> {
  const findings = whatIsKnown(connection);
  try {
    findings.server = await askServer(connection.url);
    if (!findings.server.isOfTheApi) return { ...findings, exitCode: EXIT.unreachable };
    const client = createClient(connection);
    const identity = identityOf(await ask<Self>(client, '/api/user'));
    const access = await tryCalls(client);
    const isKnown = access.every(({ allowed }) => allowed !== null);
    return { ...findings, identity, access, exitCode: isKnown ? EXIT.fine : EXIT.partly };
  } catch (error) {
    if (error instanceof Unreachable) return { ...findings, ...unreachable(error) };
    if (error instanceof ApiFailure) return { ...findings, ...refused(error, findings.credential) };
    throw error;
  }
}

function whatIsKnown({ url, credential, source, leftOut }: Connection): Findings {
  const header = credential === undefined ? undefined : 'token' in credential ? 'Bearer' : 'Basic';
  const { protocol, hostname } = new URL(url);
  const isHere = hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
  const inTheClear = header !== undefined && protocol === 'http:' && !isHere;
  return {
    url,
    server: NOBODY,
    credential: { ...lookAt(credential), source, header, leftOut, inTheClear },
    refused: null,
    identity: null,
    access: [],
    exitCode: EXIT.failure,
  };
}

async function askServer(url: string): Promise<Server> {
  try {
    // Without the credential, which only a server of this API is to see.
    const { version, latchkey, database } = await createClient({ url }).request<Health>('GET', '/api/health');
    return {
      ...NOBODY,
      reachable: true,
      isOfTheApi: true,
      version: latchkey ?? version ?? null,
      database: database ?? null,
    };
  } catch (error) {
    if (!(error instanceof ApiFailure)) throw error;
    const isCloudSide = error.status === 401 && isOfCloud(error);
    const meaning = isCloudSide ? CLOUD_SIDE : error.detail;
    const advice = meaning === undefined ? [] : [meaning];
    const problem = { status: error.status, message: error.message, advice };
    return { ...NOBODY, reachable: true, isOfTheApi: error.isOfTheApi && !isCloudSide, problem };
  }
}

/** Reads once more what was too much at once, when it may come again. */
async function ask<T>(client: Client, path: string): Promise<T> {
  try {
    return await client.request<T>('GET', path);
  } catch (error) {
    if (!(error instanceof ApiFailure) || error.soonAgainMs === undefined) throw error;
    await sleep(error.soonAgainMs);
    return client.request<T>('GET', path);
  }
}

async function tryCalls(client: Client): Promise<Attempt[]> {
  const attempts: Attempt[] = [];
  for (const { path, purpose } of CALLS) {
    const attempt = { call: `GET ${path}`, purpose };
    try {
      await ask(client, path);
      attempts.push({ ...attempt, allowed: true, status: 200 });
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
      const mend = error.detail === undefined ? {} : { mend: error.detail };
      const { status, message: reason } = error;
      const allowed = status === 429 || status >= 500 ? null : false;
      attempts.push({ ...attempt, allowed, status, reason, ...mend });
    }
  }
  return attempts;
}

function unreachable(error: Unreachable): Partial<Findings> {
  const problem = { status: null, message: error.message, advice: [error.detail] };
  return { server: { ...NOBODY, problem }, exitCode: EXIT.unreachable };
}

function refused(error: ApiFailure, look: Look): Partial<Findings> {
  const advice = adviseOnRefusal(error, look);
  const { status, message } = error;
  return { refused: { status, message, advice }, exitCode: exitCodeOf(status) };
}

function identityOf(self: Self): Identity {
  return {
    kind: self.kind ?? 'user',
    name: self.name,
    login: self.login,
    org: { id: self.orgId, name: self.orgName ?? null },
    role: self.orgRole ?? null,
    isServerAdmin: self.isGrafanaAdmin,
    expiresAt: self.expiration ?? null,
  };
}
