import type { Config } from '../config/config.ts';
import type { Limit, Limited, Wanted } from '../limits.ts';
import type { Started } from '../server.ts';

/** What a worker is told first. */
export interface Job {
  /** The same for all of them, whatever has become of its file and variables meanwhile. */
  config: Config;
  /** How many they are. */
  count: number;
  /** Whether the database is for this one to bring up to date and to look through. */
  isFirst: boolean;
  /** The process that started it. */
  primary: number;
  /** Who was limited lately. */
  limited: Limited[];
}

/** The keys of what was changed, as in memory. */
export type Keys = string[] | 'all';

/** What prom-client makes of a registry: metrics with their values. */
export type Figures = { name: string; type: string }[];

/** What a worker may ask of the process that started it. */
export interface AtPrimary {
  /** It serves. */
  listens(started: Started): void;
  /** It begins to remember, so that it has to hear of every change from now on. */
  remembers(): void;
  /** It has committed a change: the answer comes when no other worker remembers what it ended. */
  touched(keys: Keys): Promise<void>;
  take(key: string, limit: Limit, wanted: Wanted): { left: number; isTaken: boolean };
  /** Answers the number of the place; 0 where all are taken. */
  occupy(key: string, most: number, milliseconds: number): number;
  leave(key: string, place: number): void;
  keep(key: string, milliseconds: number): void;
  knows(key: string): boolean;
  /** It has limited these, and so often since it last said so. */
  limited(some: Limited[]): void;
  /** The figures of all workers, in the text form that Prometheus reads. */
  figuresOfAll(): Promise<string>;
  /** The log file with this number is full, or of yesterday. */
  rotate(inode: number): void;
}

/** What the process that started a worker may ask of it. */
export interface AtWorker {
  start(job: Job): void;
  /** Nothing may be remembered under these keys once it has answered; without any it only has to answer. */
  forget(keys: Keys): void;
  limited(some: Limited[]): void;
  figures(): Promise<Figures> | Figures;
  /** To go on in the new log file. */
  reopen(): void;
  stop(): void;
}
