import { fstatSync, readSync } from 'node:fs';

const NEW_LINE = 10;
const LOOKS = 20;
const PAUSE_MS = 5;

/**
 * Whether a file ends in a line that somebody could not write whole, as on a full disk. While another process writes one, the file
 * grows piece by piece and ends within it, too: so it is looked at again, after some milliseconds in which nothing else is done.
 */
export function endsWithinLine(fd: number): boolean {
  const last = Buffer.alloc(1);
  for (let looks = 0; looks < LOOKS; looks++) {
    const { size } = fstatSync(fd);
    if (size === 0 || readSync(fd, last, 0, 1, size - 1) !== 1 || last[0] === NEW_LINE) return false;
    pause();
    if (fstatSync(fd).size === size) return true;
  }
  return false;
}

/** Waits until a file has a size, a tenth of a second at most: nothing tells of what arrives once the process is ending. */
export function awaitArrival(fd: number, size: number): void {
  for (let looks = 0; looks < LOOKS && fstatSync(fd).size < size; looks++) pause();
}

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
}
