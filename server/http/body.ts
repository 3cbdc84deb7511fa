import type { FastifyInstance } from 'fastify';
import { badRequest } from '../errors.ts';

const DEEPEST = 200;

/**
 * Reads every body as JSON, whatever its Content-Type says, as Grafana does; an empty one is none.
 * Nesting is bounded, since writing a deep document back would exhaust the stack.
 */
export function acceptJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (request, body, done) => {
    const text = body.toString();
    if (text.trim() === '') return done(null, undefined);
    if (depth(text) > DEEPEST) return done(badRequest(`the body is nested deeper than ${DEEPEST} levels`));
    return parse(request, text, (error, value) =>
      error ? done(badRequest(`the body is not valid JSON: ${error.message}`)) : done(null, value),
    );
  });
}

/** How deep arrays and objects lie in one another; brackets within strings do not count. */
function depth(json: string): number {
  let open = 0;
  let deepest = 0;
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at);
    if (code === 0x22) at = endOfString(json, at);
    else if (code === 0x7b || code === 0x5b) deepest = Math.max(deepest, ++open);
    else if (code === 0x7d || code === 0x5d) open--;
  }
  return deepest;
}

function endOfString(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); end !== -1; end = json.indexOf('"', end + 1)) {
    let slashes = 0;
    while (json[end - 1 - slashes] === '\\') slashes++;
    if (slashes % 2 === 0) return end;
  }
  return json.length;
}
