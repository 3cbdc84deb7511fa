import type { Config } from '../config/config.ts';

const LOOK_EVERY_MS = 30_000;
const HEADERS_WITHIN_MS = 60_000;

/** How long a server of Node's waits for a request, and how often it looks. */
export function patienceOf({ server: { read_timeout } }: Config) {
  // Node looks only now and then for requests that take too long, and takes the shorter of its two limits for that of the headers.
  return {
    connectionsCheckingInterval: Math.min(read_timeout || LOOK_EVERY_MS, LOOK_EVERY_MS),
    headersTimeout: Math.min(read_timeout || HEADERS_WITHIN_MS, HEADERS_WITHIN_MS),
    requestTimeout: read_timeout,
  };
}
