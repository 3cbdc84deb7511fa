import { ApiError, type Refusal } from '../../errors.ts';

// Grafana: the codes and words of grafana.com, which its clients look for. What is wrong with a value is 409 there.

export function invalidArgument(message: string, detail?: string): ApiError {
  return refusal(409, 'InvalidArgument', message, detail);
}

export function taken(message: string, detail?: string): ApiError {
  return refusal(409, 'Conflict', message, detail);
}

export function notFound(what: string, detail?: string): ApiError {
  return refusal(404, 'NotFound', `${what} not found`, detail);
}

export function denied(why: string, detail?: string): ApiError {
  return refusal(403, 'Forbidden', `Permission denied: ${why}`, detail);
}

/** What a suspended stack answers everybody. Not 503, upon which clients wait and try again. */
export function suspended(slug: string): ApiError {
  return refusal(
    403,
    'Forbidden',
    'The stack is suspended',
    `Its data is kept. POST /api/instances/${slug}/resume of the cloud side resumes it, with a key that may change stacks; so does an administrator of the server, on its page.`,
  );
}

export function unauthorized(message: string, detail: string, cause: Refusal): ApiError {
  const error = refusal(401, 'InvalidCredentials', message, detail, cause);
  error.headers['www-authenticate'] = 'Bearer realm="Latchkey cloud"';
  return error;
}

export function unavailable(message: string, detail: string): ApiError {
  const error = refusal(503, 'ServiceUnavailable', message, detail);
  error.headers['retry-after'] = '2';
  return error;
}

function refusal(status: number, code: string, message: string, detail?: string, cause?: Refusal): ApiError {
  return new ApiError(status, `cloud.${code}`, message, {
    cause,
    ...(detail === undefined ? {} : { detail }),
    fields: { code },
    headers: {},
  });
}
