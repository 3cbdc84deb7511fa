import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApiError } from '../errors.ts';
import type { CloudContext } from './context.ts';
import type { StackRow } from './db/schema.ts';
import { findStackAt, recallStackAt } from './modules/stacks/stack-places.ts';
import { addressOf, limitOpenings } from './openings.ts';

type Place = { port: number } | { host: string };

/** Gives what arrives at the address of a stack to that stack. `onLimited` is told of each 429. */
export function arrivals(context: CloudContext, onLimited: () => void) {
  const openings = limitOpenings(context, onLimited);

  return (place: Place, request: IncomingMessage, response: ServerResponse): void => {
    const serve = (stack: StackRow | undefined): Promise<void> => {
      if (stack === undefined) {
        openings?.note('looking', addressOf(context.config, request));
        throw gone();
      }
      const serving = (): Promise<void> => context.stacks.serve(stack, request, response);
      if (!openings || stack.suspended_at !== null || context.stacks.isOpen(stack.id)) return serving();
      const address = addressOf(context.config, request);
      openings.require('opening', address);
      openings.note('opening', address);
      return serving().catch((error: unknown) => {
        // One that cannot be opened is no reason to keep anybody from others.
        openings.note('opening', address, -1);
        throw error;
      });
    };
    const find = (): Promise<StackRow | undefined> => {
      openings?.require('looking', addressOf(context.config, request));
      return findStackAt(context, place);
    };
    const known = recallStackAt(context, place);
    const served = known ? Promise.try(serve, known) : Promise.try(find).then(serve);
    served.catch((error: unknown) => refuse(context, error, response));
  };
}

function gone(): ApiError {
  return new ApiError(404, 'no-stack', 'There is no stack here', {
    detail:
      'GET /api/instances of the cloud side lists the stacks with their addresses. It may have been deleted.',
  });
}

function refuse({ log }: CloudContext, cause: unknown, response: ServerResponse): void {
  const error =
    cause instanceof ApiError
      ? cause
      : new ApiError(503, 'stack-away', 'The stack cannot be used', {
          cause,
          detail: "The server's log says why. Other stacks are not touched by it.",
        });
  if (error.status >= 500 && error.cause !== undefined) log.error({ err: error.cause }, error.message);
  if (response.headersSent) return void response.destroy();
  const body = {
    message: error.message,
    detail: error.detail,
    messageId: error.messageId,
    statusCode: error.status,
  };
  response
    .writeHead(error.status, {
      ...error.headers,
      'content-type': 'application/json; charset=utf-8',
    })
    .end(JSON.stringify(body));
}
