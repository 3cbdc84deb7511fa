import { setImmediate } from 'node:timers/promises';
import type { Context } from '../../context.ts';
import { inTransaction } from '../../db/transaction.ts';
import type { NotedRequest } from '../../uses.ts';
import { NOBODYS, record } from './audit.ts';

// Whoever sends nonsense from many addresses fills no disk by it.
const MOST = 1000;
const ROWS_PER_TRANSACTION = 100;

/** Whose request it is where nothing proves it. */
export const NOBODY = { actor: 'nobody:unknown', actorId: 0, credential: NOBODYS.credential } as const;

/** Notes a request, or leaves it out as the share says; writeNoted brings it to the database. */
export function noteRequest(
  { uses: { noted }, now }: Context,
  share: number,
  request: Omit<NotedRequest, 'requests' | 'at'>,
): void {
  // Not every so many: who knew that could do the one that counts in between.
  if (share < 1 && Math.random() >= share) return;
  const { credential, requestId: _, ...alike } = request;
  const key = [...Object.values(alike), credential.kind, credential.id].join('\n');
  const known = noted.requests.get(key);
  if (known) known.requests += 1;
  else if (noted.requests.size < MOST) noted.requests.set(key, { ...request, requests: 1, at: now() });
  else noted.beyond += 1;
}

/** Writes the requests that were noted since the last time. What cannot be written is kept for the next time. */
export async function writeNoted(context: Context): Promise<void> {
  const { noted } = context.uses;
  const all = [...noted.requests];
  for (let start = 0; start < all.length; start += ROWS_PER_TRANSACTION) {
    const some = all.slice(start, start + ROWS_PER_TRANSACTION);
    // What comes meanwhile is counted anew, so that nothing counts twice and nothing is lost.
    for (const [key] of some) noted.requests.delete(key);
    try {
      await inTransaction(context, async (context) => {
        for (const [, request] of some) await record(context, entryOf(request, context));
      });
    } catch (error) {
      for (const [key, request] of some) putBack(noted.requests, key, request);
      throw error;
    }
    // SQLite writes on this very thread: let the requests that wait go first.
    await setImmediate();
  }
  await writeBeyond(context);
}

function putBack(requests: Map<string, NotedRequest>, key: string, request: NotedRequest): void {
  const since = requests.get(key)?.requests ?? 0;
  requests.set(key, { ...request, requests: request.requests + since });
}

/** What there was no room for, in one entry. */
async function writeBeyond(context: Context): Promise<void> {
  const { noted } = context.uses;
  const requests = noted.beyond;
  if (requests === 0) return;
  const entry = { action: 'requests:refuse', kind: 'request', id: '', name: 'others', orgId: null };
  const change = { requests, status: 0, reason: `more than ${MOST} different ones at once` };
  await record(context, { ...NOBODYS, ...NOBODY, ...entry, change });
  noted.beyond -= requests;
}

function entryOf(request: NotedRequest, { config }: Context) {
  const { route, status, reason, claimed, requests, ...who } = request;
  const share = request.action === 'secrets:read' ? config.audit.secret_reads : config.audit.refused;
  const change = {
    requests,
    ...(reason === '' ? {} : { status, reason }),
    ...(claimed === '' ? {} : { claimed }),
    ...(share < 1 ? { share } : {}),
  };
  return { ...who, kind: 'request', id: route, name: route, change };
}
