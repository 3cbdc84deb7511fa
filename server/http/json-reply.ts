import type { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';

/** Sends what is JSON already, as it is: only what its maker put into it, since no schema is asked. */
export function sendJson(reply: unknown, json: string | Readable): FastifyReply {
  return (reply as FastifyReply).type('application/json; charset=utf-8').send(json);
}
