import {
  type IncomingMessage,
  type OutgoingHttpHeader,
  type OutgoingHttpHeaders,
  ServerResponse,
} from 'node:http';

/** What every answer says to browsers and to proxies in between, where it does not say something else. */
export const GUARDS = {
  // What one may see, a proxy in between must not show to the next who asks.
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'deny',
};

/** What a document says besides. */
export const GUARDS_OF_DOCUMENTS = {
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
};

type Headers = OutgoingHttpHeaders | OutgoingHttpHeader[];

const EACH = Object.entries(GUARDS);

/**
 * An answer that says GUARDS, whoever gives it: no browser or proxy keeps it, guesses what it is, or shows it in a page of another
 * site. Its own headers count instead, named in lower case where they come with the status.
 */
export class GuardedResponse<
  Request extends IncomingMessage = IncomingMessage,
> extends ServerResponse<Request> {
  override writeHead(status: number, reason?: string | Headers, headers?: Headers): this {
    // As one object of one shape: to add each by itself takes a twentieth of a request.
    if (typeof reason === 'object' && !Array.isArray(reason) && this.getHeaderNames().length === 0)
      return super.writeHead(status, { ...GUARDS, ...reason });
    for (const [name, value] of EACH) if (!this.hasHeader(name)) this.setHeader(name, value);
    return super.writeHead(status, reason as string, headers);
  }
}
