import type { Kysely } from 'kysely';
import type { Log } from './log.ts';
import type { Identity } from './access/identity.ts';
import type { Config } from './config/config.ts';
import type { Seal } from './crypto/seal.ts';
import type { Schema } from './db/schema.ts';
import type { Limits } from './limits.ts';
import type { Memory } from './memory.ts';
import type { Peers } from './peers/peers.ts';
import type { Passage, Trail } from './trail/trail.ts';
import type { KeyCall, Noted, Requests, Uses } from './uses.ts';

/** What every rule gets first. A new member needs a decision record. */
export interface Context {
  /** The database, or the transaction that is running. */
  db: Kysely<Schema>;
  /** Milliseconds since 1970; tests set it. */
  now: () => number;
  config: Config;
  log: Log;
  memory: Memory;
  /** Says that what is remembered under a key no longer holds; within a transaction it is obeyed at the commit. */
  touch: (key: string) => void;
  seal: Seal;
  /** What was used since the last batch was written: read by the lists, written by a timer. */
  uses: {
    credentials: Uses;
    sessions: Uses;
    users: Uses;
    keyCalls: Map<number, Map<string, KeyCall>>;
    requests: Requests;
    noted: Noted;
  };
  /** How much is asked and tried by whom: kept by this process alone. */
  limits: Limits;
  /** The other servers on the same database; undefined where there can be none. */
  peers: Peers | undefined;
  /** Where the record of changes goes besides the database; undefined where nowhere. */
  trail: Trail | undefined;
  /** The part that a running transaction has in it. */
  passage?: Passage | undefined;
}

/** The context of one request: who asks, and from where. */
export interface RequestContext extends Context {
  actor: Identity;
  requestId: string;
  address: string;
}
