import type { Config } from '../config/config.ts';
import { GuardedResponse } from './guard-answers.ts';

const LOOK_EVERY_MS = 30_000;
const HEADERS_WITHIN_MS = 60_000;

/** How a server of Node's answers, how long it waits for a request, and how often it looks whether one takes too long. */
export function serverOptionsOf({ server: { read_timeout } }: Config) {
  // Node looks only now and then for requests that take too long, and takes the shorter of its two limits for that of the headers.
  return {
    ServerResponse: GuardedResponse,
    connectionsCheckingInterval: Math.min(read_timeout || LOOK_EVERY_MS, LOOK_EVERY_MS),
    headersTimeout: Math.min(read_timeout || HEADERS_WITHIN_MS, HEADERS_WITHIN_MS),
    requestTimeout: read_timeout,
  };
}
