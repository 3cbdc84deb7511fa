import type { Environment } from '../support/place.ts';
import { type Running, serve } from '../support/serving.ts';

const SAME_FOR_ALL: Environment = {
  GF_SECURITY_SECRET_KEY: 'for all',
  // What was revoked is asked with again and again: to the protection these are wrong credentials from one address.
  GF_SECURITY_DISABLE_BRUTE_FORCE_LOGIN_PROTECTION: 'true',
};

/** Servers of one database. */
export interface Servers {
  servers: Running[];
  /** Those that were killed: they owe nobody an answer. */
  dying: Set<Running>;
  /** Starts the one at this place anew. */
  startAgain(at: number): Promise<void>;
}

/** One server for each environment, `within` the command at the same place, for as long as the work lasts. */
export async function withServers<T>(
  environments: readonly Environment[],
  work: (group: Servers) => Promise<T>,
  within: readonly (readonly string[])[] = [],
): Promise<T> {
  const servers: Running[] = [];
  const start = (at: number): Promise<Running> =>
    serve({ ...environments[at], ...SAME_FOR_ALL }, { within: within[at] });
  try {
    // One after the other: the first makes the tables.
    for (const at of environments.keys()) servers.push(await start(at));
    const startAgain = async (at: number): Promise<void> => {
      servers[at] = await start(at);
    };
    return await work({ servers, dying: new Set(), startAgain });
  } finally {
    for (const { process, kill } of servers) {
      if (process.exitCode === null && process.signalCode === null) await kill();
    }
  }
}
