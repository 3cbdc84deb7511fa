/** A place where lines of the log go. */
export interface LogOutput {
  /** Takes a line, its break included, without waiting for it to arrive. */
  write(line: string): void;
  /** How many lines did not arrive, ever. */
  lost(): number;
  /** Goes on in a new file, where the old one was moved away. */
  reopen?(): void;
  /** Begins a new file in the place of the one with this inode number, for all who write to it. */
  rotate?(inode: number): void;
  /** Writes what still waits, at once: the process is about to end. */
  flush?(): void;
  /** Writes what still waits, and lets go of it. */
  close?(): Promise<void>;
}

/** What an output tells of itself, beside the log. */
export interface Complaints {
  /** It stopped working; said once until it works again. */
  broke(error: Error): void;
  /** It works again, and so many lines were lost meanwhile. */
  mended(lost: number): void;
}
