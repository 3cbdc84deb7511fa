import { readFileSync, statSync } from 'node:fs';

/**
 * What a regular UTF-8 file of limited size holds, undefined when there is none; throws an error whose text
 * ends a sentence about the file.
 */
export function readText(file: string, limit: number): string | undefined {
  try {
    const found = statSync(file);
    if (!found.isFile()) throw new Error('is not a file');
    if (found.size > limit) throw new Error(`is larger than ${limit} bytes`);
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new Error(reason(code, error), { cause: error });
  }
}

function reason(code: string, error: unknown): string {
  if (code === 'EACCES' || code === 'EPERM') return 'may not be read by this user';
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'is not UTF-8 text';
  return code === '' && error instanceof Error ? error.message : `cannot be read (${code})`;
}
