import { setImmediate } from 'node:timers/promises';
import type { Context } from '../../context.ts';
import { inTransaction } from '../../db/transaction.ts';
import { networkOf } from '../../limits.ts';
import type { NotedRequest, NotedRoom } from '../../uses.ts';
import { NOBODYS, record } from './audit.ts';

// Whoever sends nonsense from many addresses fills no disk by it.
const MOST = 1000;
const ROWS_PER_TRANSACTION = 100;

/** Whose request it is where nothing proves it. */
export const NOBODY = { actor: 'nobody:unknown', actorId: 0, credential: NOBODYS.credential } as const;

/** Notes a request, or leaves it out as the share says; writeNoted brings it to the database. */
export function noteRequest(
  context: Context,
  share: number,
  request: Omit<NotedRequest, 'requests' | 'at'>,
): void {
  // Not every so many: who knew that could do the one that counts in between.
  if (share < 1 && Math.random() >= share) return;
  const { credential, requestId: _, ...alike } = request;
  const isNobodys = request.actor === NOBODY.actor;
  // Whoever proves nothing has as many addresses as a network has.
  const address = isNobodys ? networkOf(request.address) : request.address;
  const key = [...Object.values({ ...alike, address }), credential.kind, credential.id].join('\n');
  const room = roomOf(context, request.action, isNobodys ? undefined : request.orgId);
  const known = room.requests.get(key);
  const one = { ...request, requests: 1, at: context.now() };
  if (known) known.requests += 1;
  else if (room.requests.size < MOST) room.requests.set(key, one);
  else if (request.action === 'secrets:read') void writeAtOnce(context, room, one);
  else room.beyond += 1;
}

/** A room for each organization and action, and one for all that nobody proved: undefined. */
function roomOf(
  { uses: { noted } }: Context,
  action: NotedRequest['action'],
  orgId: number | null | undefined,
): NotedRoom {
  const name = `${action} ${orgId}`;
  const known = noted.rooms.get(name);
  if (known) return known;
  const room = { action, orgId: orgId ?? null, requests: new Map<string, NotedRequest>(), beyond: 0 };
  noted.rooms.set(name, room);
  return room;
}

async function writeAtOnce(context: Context, room: NotedRoom, request: NotedRequest): Promise<void> {
  try {
    await record(context, entryOf(request, context));
  } catch (error) {
    room.beyond += 1;
    context.log.warn({ err: error }, 'a read of what is secret could not be recorded by itself');
  }
}

/** Writes the requests that were noted since the last time. What cannot be written is kept for the next time. */
export async function writeNoted(context: Context): Promise<void> {
  const { rooms } = context.uses.noted;
  for (const [name, room] of rooms) {
    await writeRoom(context, room);
    await writeBeyond(context, room);
    if (room.requests.size === 0 && room.beyond === 0) rooms.delete(name);
  }
}

async function writeRoom(context: Context, { requests }: NotedRoom): Promise<void> {
  const all = [...requests];
  for (let start = 0; start < all.length; start += ROWS_PER_TRANSACTION) {
    const some = all.slice(start, start + ROWS_PER_TRANSACTION);
    // What comes meanwhile is counted anew, so that nothing counts twice and nothing is lost.
    for (const [key] of some) requests.delete(key);
    try {
      await inTransaction(context, async (context) => {
        for (const [, request] of some) await record(context, entryOf(request, context));
      });
    } catch (error) {
      for (const [key, request] of some) putBack(requests, key, request);
      throw error;
    }
    // SQLite writes on this very thread: let the requests that wait go first.
    await setImmediate();
  }
}

function putBack(requests: Map<string, NotedRequest>, key: string, request: NotedRequest): void {
  const since = requests.get(key)?.requests ?? 0;
  requests.set(key, { ...request, requests: request.requests + since });
}

/** What there was no room for, in one entry. */
async function writeBeyond(context: Context, room: NotedRoom): Promise<void> {
  const { action, orgId, beyond: requests } = room;
  if (requests === 0) return;
  const entry = { action, kind: 'request', id: '', name: 'others', orgId };
  const change = { requests, status: 0, reason: `more than ${MOST} different ones at once` };
  await record(context, { ...NOBODYS, ...NOBODY, ...entry, change });
  room.beyond -= requests;
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
