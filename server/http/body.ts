import type { FastifyInstance } from 'fastify';
import { ApiError, badRequest } from '../errors.ts';
import { depthOf } from '../../client/json-text.ts';

const DEEPEST = 200;

/**
 * Reads every body as JSON, whatever its Content-Type says, as Grafana does; an empty one is none.
 * Nesting is bounded, since writing a deep document back would exhaust the stack.
 */
export function acceptJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.decorateRequest('bodyText', '');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (request, body, done) => {
    const text = body.toString();
    const { badBody, hidesBody = false } = request.routeOptions.config;
    const coding = request.headers['content-encoding'] ?? 'identity';
    if (coding !== 'identity') return done(coded());
    if (text.trim() === '') return done(null, undefined);
    if (depthOf(text) > DEEPEST)
      return done(badRequest(`the body is nested deeper than ${DEEPEST} levels`, badBody));
    request.bodyText = text;
    return parse(request, text, (error, value) =>
      error
        ? done(
            badRequest(`the body is not valid JSON${hidesBody ? '' : `: ${whyNot(text, error)}`}`, badBody),
          )
        : done(null, value),
    );
  });
}

// Never unpacked: a small body could become one of any size.
function coded(): ApiError {
  return new ApiError(415, 'coded-body', 'unsupported content encoding', {
    detail: 'Send the body as it is, without Content-Encoding.',
  });
}

/** Fastify says only that it is none; JSON.parse says where. */
function whyNot(text: string, error: Error): string {
  try {
    JSON.parse(text);
    return error.message;
  } catch (cause) {
    return (cause as Error).message;
  }
}
