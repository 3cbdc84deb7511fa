import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApiError } from '../errors.ts';
import { GUARDS } from '../http/guard-answers.ts';
import type { CloudContext } from './context.ts';
import type { StackRow } from './db/schema.ts';
import { findStackAt } from './modules/stacks/stacks.ts';

type Place = { port: number } | { host: string };

/** Gives what arrives at the address of a stack to that stack. */
export function arrivals(context: CloudContext) {
  return (place: Place, request: IncomingMessage, response: ServerResponse): void => {
    const serve = (stack: StackRow | undefined): Promise<void> => {
      if (stack === undefined) throw gone();
      return context.stacks.serve(stack, request, response);
    };
    const found = findStackAt(context, place);
    const served = found instanceof Promise ? found.then(serve) : Promise.try(serve, found);
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
      ...GUARDS,
      ...error.headers,
      'content-type': 'application/json; charset=utf-8',
    })
    .end(JSON.stringify(body));
}
