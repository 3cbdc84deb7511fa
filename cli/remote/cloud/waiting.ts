import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { type Client, createClient } from '../../../client/client.ts';
import { ApiFailure, Unreachable } from '../../../client/failures.ts';
import { EXIT, Failure } from '../../failure.ts';
import type { Stack } from './shapes.ts';

const LONGEST_MS = 120_000;
const AGAIN_MS = 1000;

/** Gives a command the option --wait, for waitForStack. */
export function withWait(command: Command): Command {
  return command.option('--wait', 'wait until it answers at its address, for two minutes at most');
}

/** Waits until a stack is ready and answers at its own address. Throws a Failure that says what is still missing. */
export async function waitForStack(client: Client, { slug, url }: Stack): Promise<void> {
  const end = Date.now() + LONGEST_MS;
  const stack = createClient({ url });
  for (;;) {
    const missing = (await isReady(client, slug)) ? await whatIsMissing(stack) : 'it is not ready';
    if (missing === undefined) return;
    if (Date.now() >= end) {
      throw new Failure(EXIT.unreachable, `the stack ${slug} does not answer at ${url}: ${missing}`, {
        detail: 'The stack is there. Check that its address leads to the server: DNS, proxies, firewalls.',
      });
    }
    await sleep(AGAIN_MS);
  }
}

async function isReady(client: Client, slug: string): Promise<boolean> {
  try {
    const path = `/api/v1/stacks/${encodeURIComponent(slug)}/readiness`;
    return (await client.request<{ ready: boolean }>('GET', path)).ready;
  } catch (error) {
    // As many are open as may be at once; one of them makes room.
    if (error instanceof Failure && error.cause instanceof ApiFailure && error.cause.status === 503)
      return false;
    throw error;
  }
}

async function whatIsMissing(stack: Client): Promise<string | undefined> {
  try {
    await stack.request('GET', '/api/health');
    return undefined;
  } catch (error) {
    if (error instanceof Unreachable) return `${error.message}. ${error.detail}`;
    if (error instanceof ApiFailure) return `${error.status} ${error.message}`;
    throw error;
  }
}
