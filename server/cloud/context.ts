import type { Kysely } from 'kysely';
import type { Config } from '../config/config.ts';
import type { Limits } from '../limits.ts';
import type { Log } from '../log.ts';
import type { Memory } from '../memory.ts';
import type { Peers } from '../peers/peers.ts';
import type { Trail } from '../trail/trail.ts';
import type { Caller } from './access/caller.ts';
import type { CloudSchema } from './db/schema.ts';
import type { Stacks } from './open-stacks.ts';
import type { Ports } from './ports.ts';

/** What every rule of the cloud side gets first: like the server's own context, over its own database. */
export interface CloudContext {
  db: Kysely<CloudSchema>;
  /** Milliseconds since 1970; tests set it. */
  now: () => number;
  config: Config;
  log: Log;
  /** Which stack is reached where. */
  memory: Memory;
  touch: (key: string) => void;
  peers: Peers | undefined;
  /** How much is asked and tried by whom on the cloud side; what is asked of stacks counts there. */
  limits: Limits;
  /** Its record of changes besides its database. */
  trail: Trail | undefined;
  stacks: Stacks;
  /** The ports of stacks, where they have no names. */
  ports: Ports;
}

/** The context of one request: who asks, and from where. */
export interface CloudRequestContext extends CloudContext {
  caller: Caller;
  requestId: string;
  address: string;
}
