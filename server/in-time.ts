/**
 * What a piece of work comes to, or an error in these words where that takes longer than so many milliseconds. An answer that is there
 * already and that a busy process has not read yet is in time.
 */
export async function inTime<T>(
  work: Promise<T>,
  milliseconds: number,
  words = `no answer within ${milliseconds} ms`,
): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => void setImmediate(() => reject(new Error(words))), milliseconds);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
