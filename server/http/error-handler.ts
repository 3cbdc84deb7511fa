import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ErrorObject } from 'ajv';
import { isLostRace, type Trouble, troubleOf } from '../db/errors.ts';
import { ApiError, badRequest } from '../errors.ts';
import { watchUnroutable } from './answer-steps.ts';
import { isRead } from './methods.ts';
import { traceIdOf } from './trace-context.ts';
import { addStrictTransport } from './strict-transport.ts';
import { invalidInput } from './validation.ts';

const POSTGRES_BAD_TEXT = '22021';
const UNCHANGED = 'Nothing was changed.';
const MAY_BE_CHANGED =
  ' A change may have been made, if the answer was lost on the way: look before you repeat it.';

declare module 'fastify' {
  interface FastifyInstance {
    /** What the database was last found to suffer from; the health check finds out whether it is over. */
    noted: { trouble: Trouble | undefined };
    /** The codes of errors by status, where they have some. */
    errorCodes: Readonly<Record<number, string>> | undefined;
  }
}

/**
 * Every error becomes a JSON body that says what to do next; what is not meant for clients goes to the log only. With codes by status,
 * it has the request's id and a code besides, as grafana.com's have.
 */
export function handleErrors(app: FastifyInstance, codes?: Readonly<Record<number, string>>): void {
  app.decorate('noted', { trouble: undefined });
  app.decorate('errorCodes', codes);
  app.setErrorHandler((error: FastifyError, request, reply) =>
    answer(asApiError(error, request), request, reply),
  );
}

/** Answers what no route can be found for, such as a path that is badly coded, in the form of every other error. */
export function refuseUnroutable(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  watchUnroutable(request, reply);
  addStrictTransport(request, reply);
  reply.header('x-request-id', request.id);
  answer(asApiError(error, request), request, reply);
}

function answer(error: ApiError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { errorCodes: codes } = request.server;
  if (error.status >= 500)
    request.log.error({ requestId: request.id, err: error.cause ?? error }, error.message);
  return reply
    .code(error.status)
    .headers(error.headers)
    .send({
      message: error.message,
      ...(error.detail === undefined ? {} : { detail: error.detail }),
      messageId: error.messageId,
      statusCode: error.status,
      // Grafana: the trace where there is one; X-Request-Id has the request's own id.
      traceID: traceIdOf(request) ?? request.id,
      ...(codes && { code: codes[error.status] ?? 'Error', requestId: request.id }),
      ...error.fields,
    });
}

function asApiError(error: FastifyError, request: FastifyRequest): ApiError {
  if (error instanceof ApiError) return error;
  if (error.validation) {
    const invalid = {
      validation: error.validation as ErrorObject[],
      ...(error.validationContext === undefined ? {} : { validationContext: error.validationContext }),
    };
    const { config, schema } = request.routeOptions;
    const params = schema?.params as { properties?: Record<string, { title?: string }> } | undefined;
    return invalidInput(invalid, {
      badBody: config.badBody,
      titleOf: (parameter) => params?.properties?.[parameter]?.title,
    });
  }
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    const limit = request.routeOptions.bodyLimit;
    return new ApiError(413, 'body-too-large', 'request body too large', {
      detail: `This call takes at most ${limit} bytes.`,
    });
  }
  if (error.code === POSTGRES_BAD_TEXT) return badRequest('a text holds a character that cannot be kept');
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
    return new ApiError(error.statusCode, 'bad-request', 'bad request data', { detail: error.message });
  }
  // Too much else was changed at the same time, however often it was tried.
  if (isLostRace(error)) return unavailable('busy', error, request);
  const trouble = troubleOf(error);
  if (trouble !== undefined) {
    request.server.noted.trouble = trouble;
    return unavailable(trouble, error, request);
  }
  return new ApiError(500, 'internal', 'Internal server error', {
    cause: error,
    detail: `The server's log says more under the id ${request.id}.`,
  });
}

const WORDS: Record<Trouble, { message: string; detail: string; retryAfter: number }> = {
  away: {
    message: 'The database does not answer',
    detail: 'Send the request again in a moment.',
    retryAfter: 2,
  },
  refusing: {
    message: 'The database refuses the server',
    detail: `${UNCHANGED} It does not accept the name, password or database of [database]. The server's log has its words.`,
    retryAfter: 30,
  },
  busy: {
    message: 'The server is busy',
    detail: `${UNCHANGED} Send the request again in a moment.`,
    retryAfter: 1,
  },
  full: {
    message: 'The disk of the database is full',
    detail: `${UNCHANGED} Make room on it, then send the request again; the server needs no restart.`,
    retryAfter: 30,
  },
  'read-only': {
    message: 'The database cannot be written to',
    detail: `${UNCHANGED} Make its disk or, where one is in use, PostgreSQL writable, then send the request again; the server needs no restart.`,
    retryAfter: 30,
  },
  failing: {
    message: 'The database cannot be used',
    detail: `The system refuses to read or write its files. The server's log has the reason; it needs no restart.`,
    retryAfter: 30,
  },
  damaged: {
    message: 'The database is damaged',
    detail:
      'Nothing is changed any more. Keep the database and put a backup in its place: of a server once it is stopped, of a stack at once.',
    retryAfter: 300,
  },
};

function unavailable(trouble: Trouble, cause: unknown, { method }: FastifyRequest): ApiError {
  const { message, detail, retryAfter } = WORDS[trouble];
  return new ApiError(503, trouble === 'busy' ? 'busy' : `database.${trouble}`, message, {
    cause,
    detail: trouble === 'away' && !isRead(method) ? detail + MAY_BE_CHANGED : detail,
    headers: { 'retry-after': String(retryAfter) },
  });
}
