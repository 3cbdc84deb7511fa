const LATE = Symbol('late');

/**
 * What a piece of work comes to, or an error in these words where that takes longer than so many milliseconds. An answer that is there
 * already and that a busy process has not read yet is in time. What comes too late goes to `giveBack`.
 */
export async function inTime<T>(
  work: Promise<T>,
  milliseconds: number,
  words = `no answer within ${milliseconds} ms`,
  giveBack?: (late: T) => void,
): Promise<T> {
  const { promise: over, resolve } = Promise.withResolvers<typeof LATE>();
  const timer = setTimeout(() => void setImmediate(resolve, LATE), milliseconds);
  try {
    const done = await Promise.race([work, over]);
    if (done !== LATE) return done;
  } finally {
    clearTimeout(timer);
  }
  // Work that fails after all has nothing to give back.
  if (giveBack) work.then(giveBack, () => {});
  throw new Error(words);
}
