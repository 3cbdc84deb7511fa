import type { Kysely } from 'kysely';
import type { Schema } from '../db/schema.ts';

/** The other servers on the same database. */
export interface Peers {
  /** Tells them, in a transaction and with its commit, that what they remember under these keys no longer holds. */
  tell(db: Kysely<Schema>, keys: ReadonlySet<string> | 'all'): Promise<Told>;
  /** Begins to hear of what they change: once it resolves, or soon after where the database is slow. */
  listen(): Promise<void>;
  /** Whether all that they have changed was heard of; while not, nothing that is remembered may be relied upon. */
  isCurrent(): boolean;
  close(): Promise<void>;
}

/** What a transaction told. */
export interface Told {
  /** To be called once it is committed, and awaited before that is answered: everybody has heard it by then, or is asked whether they did. */
  committed(): Promise<void> | void;
}
