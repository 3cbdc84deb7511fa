import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  write as writeLater,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Complaints, LogOutput } from './output.ts';
import { awaitArrival, endsWithinLine } from './within-line.ts';

const NAME = 'latchkey.log';
const OLD = /^latchkey\.log\.(\d{4}-\d\d-\d\d)\.(\d{3,})$/;
const WAITING_MOST = 8 * 1024 * 1024;
const LINES_AT_ONCE = 1000;
const RETRY_MS = 1000;
const ASK_AGAIN_MS = 60_000;
const NEW_LINE = 10;
const DAY_MS = 24 * 60 * 60 * 1000;

/** When a new file is begun, and how long old ones are kept. */
export interface Rotation {
  lines: number;
  bytes: number;
  daily: boolean;
  daysKept: number;
}

interface OpenFile {
  fd: number;
  bytes: number;
  lines: number;
  day: string;
}

interface Options {
  directory: string;
  /** Not there: another program moves the file away. */
  rotation: Rotation | undefined;
  now: () => number;
  /** There where other processes write to the file too: has the one among them that may begin a new one do so, if it is still this one. */
  askToRotate: ((inode: number) => void) | undefined;
}

/**
 * Appends lines to latchkey.log in a directory. They wait in memory, 8 MiB at most, and are written beside the work of the server;
 * a disk that is full is tried again each second. Throws where the file cannot be opened at all. Where several processes write to it,
 * each line is whole, and each of them counts its own towards `Rotation.lines`.
 */
export function fileOutput(
  { directory, rotation, now, askToRotate }: Options,
  complaints: Complaints,
): LogOutput {
  const path = join(directory, NAME);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  let file = open(path, now);
  let waiting: string[] = [];
  let waitingBytes = 0;
  /** What is being written, or could not be. */
  let batch: { bytes: Buffer; lines: number } | undefined;
  let underWay: PromiseWithResolvers<void> | undefined;
  let isBroken = false;
  let mustReopen = false;
  let isClosed = false;
  let asked = { inode: 0, at: -Infinity };
  let lost = 0;
  let lostBefore = 0;

  function takeBatch(): void {
    if (mustReopen) goOnInNewFile();
    if (askToRotate) file.bytes = fstatSync(file.fd).size;
    if (rotation && isDue(file, rotation, now)) {
      if (askToRotate) ask(askToRotate);
      else rotate(rotation);
    }
    const room = rotation && !askToRotate ? Math.max(rotation.lines - file.lines, 1) : LINES_AT_ONCE;
    const lines = waiting.splice(0, Math.min(LINES_AT_ONCE, room));
    const bytes = Buffer.from(lines.join(''));
    waitingBytes -= bytes.length;
    batch = { bytes, lines: lines.length };
  }

  /** Goes on in this one until a new one has been begun. */
  function ask(rotateIt: (inode: number) => void): void {
    const { ino: inode } = fstatSync(file.fd);
    const at = performance.now();
    if (inode === asked.inode && at - asked.at < ASK_AGAIN_MS) return;
    asked = { inode, at };
    rotateIt(inode);
  }

  function writeNext(): void {
    if (underWay) return;
    if (!batch && waiting.length === 0) return;
    if (!batch) takeBatch();
    const { lines } = batch as NonNullable<typeof batch>;
    const bytes = placed((batch as NonNullable<typeof batch>).bytes);
    const mine = (underWay = Promise.withResolvers());
    writeLater(file.fd, bytes, (error, written) => {
      underWay = undefined;
      mine.resolve();
      if (error) return tryAgainLater(error);
      sayMended();
      file.bytes += written;
      const isWhole = written === bytes.length;
      if (isWhole) file.lines += lines;
      const from = askToRotate ? lineAt(bytes, written) : written;
      batch = isWhole ? undefined : { bytes: bytes.subarray(from), lines };
      writeNext();
    });
  }

  /** What others could not write whole is to spoil no line but its own. */
  function placed(bytes: Buffer): Buffer {
    return askToRotate && endsWithinLine(file.fd) ? Buffer.concat([Buffer.from('\n'), bytes]) : bytes;
  }

  function tryAgainLater(error: Error): void {
    sayBroken(error);
    setTimeout(() => {
      if (mustReopen) goOnInNewFile();
      writeNext();
    }, RETRY_MS).unref();
  }

  function goOnInNewFile(): void {
    mustReopen = false;
    try {
      const fresh = open(path, now);
      closeSync(file.fd);
      file = fresh;
    } catch (error) {
      sayBroken(error as Error);
    }
  }

  function moveAway({ daysKept }: Rotation): void {
    try {
      const old = oldFiles(directory);
      const number = Math.max(0, ...old.filter(({ day }) => day === file.day).map((one) => one.number)) + 1;
      renameSync(path, `${path}.${file.day}.${String(number).padStart(3, '0')}`);
      const oldest = dayOf(now() - daysKept * DAY_MS);
      for (const { name } of old.filter(({ day }) => day < oldest)) rmSync(join(directory, name));
    } catch (error) {
      sayBroken(error as Error);
    }
  }

  function rotate(how: Rotation): void {
    moveAway(how);
    goOnInNewFile();
    // Where that failed, the next try is as far away as if it had not.
    Object.assign(file, { lines: 0, bytes: 0, day: dayOf(now()) });
  }

  function sayBroken(error: Error): void {
    if (!isBroken) complaints.broke(error);
    isBroken = true;
  }

  function sayMended(): void {
    if (!isBroken) return;
    isBroken = false;
    complaints.mended(lost - lostBefore);
    lostBefore = lost;
  }

  function reopen(): void {
    mustReopen = true;
    if (!underWay && !batch) goOnInNewFile();
  }

  function flush(): void {
    // What is under way is finished by the system, and comes first.
    if (underWay && batch) awaitArrival(file.fd, file.bytes + batch.bytes.length);
    const rest = underWay ? undefined : batch;
    const lines = waiting;
    waiting = [];
    waitingBytes = 0;
    if (!underWay) batch = undefined;
    try {
      if (rest) writeWhole(file.fd, placed(rest.bytes));
      writeWhole(file.fd, Buffer.from(lines.join('')));
    } catch (error) {
      lost += lines.length + (rest?.lines ?? 0);
      sayBroken(error as Error);
    }
  }

  return {
    write(line) {
      const bytes = Buffer.byteLength(line);
      if (isClosed || waitingBytes + bytes > WAITING_MOST) {
        lost += 1;
        return;
      }
      waiting.push(line);
      waitingBytes += bytes;
      if (!isBroken) writeNext();
    },
    lost: () => lost,
    reopen,
    rotate(inode) {
      // Whoever asks may only have missed that it was done.
      if (rotation && statSync(path, { throwIfNoEntry: false })?.ino === inode) moveAway(rotation);
      reopen();
    },
    flush,
    async close() {
      isClosed = true;
      for (let last = underWay; last; last = underWay) await last.promise;
      flush();
      closeSync(file.fd);
    },
  };
}

function open(path: string, now: () => number): OpenFile {
  const fd = openSync(path, 'a+', 0o600);
  const { size, mtimeMs } = fstatSync(fd);
  return { fd, bytes: size, lines: 0, day: dayOf(size === 0 ? now() : mtimeMs) };
}

function isDue({ bytes, lines, day }: OpenFile, rotation: Rotation, now: () => number): boolean {
  if (lines >= rotation.lines || bytes >= rotation.bytes) return true;
  return rotation.daily && day !== dayOf(now());
}

function oldFiles(directory: string): { name: string; day: string; number: number }[] {
  return readdirSync(directory).flatMap((name) => {
    const [, day, number] = OLD.exec(name) ?? [];
    return day === undefined ? [] : [{ name, day, number: Number(number) }];
  });
}

/** Where the line begins of which so much was written. */
function lineAt(bytes: Buffer, written: number): number {
  return bytes.subarray(0, written).lastIndexOf(NEW_LINE) + 1;
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

function writeWhole(fd: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
}
