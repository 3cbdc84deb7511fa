import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ErrorObject } from 'ajv';
import { ApiError, badRequest } from '../errors.ts';
import { invalidInput } from './validation.ts';

const POSTGRES_BAD_TEXT = '22021';
// Too much else was changed at the same time, however often it was tried.
const POSTGRES_LOST_RACE = new Set(['40001', '40P01']);

/** Every error becomes a JSON body that says what to do next; what is not meant for clients goes to the log only. */
export function handleErrors(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError, request, reply) =>
    answer(asApiError(error, request), request, reply),
  );
}

/** Answers what no route can be found for, such as a path that is badly coded, in the form of every other error. */
export function refuseUnroutable(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  answer(asApiError(error, request), request, reply);
}

function answer(error: ApiError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error.status >= 500) request.log.error({ err: error.cause ?? error }, error.message);
  return reply
    .code(error.status)
    .headers(error.headers)
    .send({
      message: error.message,
      ...(error.detail === undefined ? {} : { detail: error.detail }),
      messageId: error.messageId,
      statusCode: error.status,
      traceID: request.id,
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
  if (POSTGRES_LOST_RACE.has(error.code)) {
    return new ApiError(503, 'busy', 'The server is busy', {
      cause: error,
      detail: 'Nothing was changed. Send the request again in a moment.',
      headers: { 'retry-after': '1' },
    });
  }
  return new ApiError(500, 'internal', 'Internal server error', {
    cause: error,
    detail: `The server's log says more under the id ${request.id}.`,
  });
}
