import { closeSync, constants, openSync } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { endsWithinLine } from '../log/within-line.ts';

/** A file that lines are appended to. */
export interface TrailFile {
  /** Appends lines; with `flush`, they are on the disk when it resolves. */
  append(lines: readonly string[], how: { flush: boolean }): Promise<void>;
  /** Opens it anew before the next lines. */
  reopen(): void;
  close(): Promise<void>;
}

// Who did what is for nobody else on the machine.
const MODE = 0o600;
const APPENDING = constants.O_APPEND | constants.O_CREAT | constants.O_RDWR;

/** Throws at once for a file that cannot be opened. It is opened anew where it was moved away or deleted. */
export function openFile(path: string): TrailFile {
  closeSync(openSync(path, APPENDING, MODE));
  let handle: FileHandle | undefined;
  let mustReopen = false;

  async function current(): Promise<FileHandle> {
    if (handle && !mustReopen && (await isStillThere(handle, path))) return handle;
    const old = handle;
    handle = await open(path, APPENDING, MODE);
    mustReopen = false;
    await old?.close();
    return handle;
  }

  return {
    async append(lines, { flush }) {
      const to = await current();
      const text = lines.join('');
      // What was cut off, as on a full disk and by another process too, is to spoil no line but its own.
      const bytes = Buffer.from(endsWithinLine(to.fd) ? `\n${text}` : text);
      for (let done = 0; done < bytes.length;) done += (await to.write(bytes, done)).bytesWritten;
      if (flush) await to.datasync();
    },
    reopen: () => void (mustReopen = true),
    close: async () => handle?.close(),
  };
}

async function isStillThere(handle: FileHandle, path: string): Promise<boolean> {
  const mine = await handle.stat();
  const there = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return there?.ino === mine.ino && there.dev === mine.dev;
}
