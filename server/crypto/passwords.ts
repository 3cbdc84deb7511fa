import { hash as argon2, verify } from '@node-rs/argon2';
import { importedPasswordFits, isImportedPassword } from './grafana-hashes.ts';

// OWASP's first choice for Argon2id: 19 MiB, two passes, one lane.
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

let nobody: Promise<string> | undefined;

/** The Argon2id hash of a password, in PHC string form. Takes about 20 ms off the main thread. */
export function hashPassword(password: string): Promise<string> {
  return argon2(password, COST);
}

/**
 * Whether the password fits. With no hash it works just as long and says no, so that time does not tell who exists. Where some
 * hashes are imported ones it works for both kinds, so that time does not tell whose is which either.
 */
export async function passwordFits(
  password: string,
  stored: string | undefined,
  { someAreImported = false } = {},
): Promise<boolean> {
  nobody ??= hashPassword('the password of nobody');
  const imported = isImportedPassword(stored) ? stored : undefined;
  const own = imported === undefined ? stored : undefined;
  const [fits, fitsImported] = await Promise.all([
    verify(own ?? (await nobody), password),
    (imported !== undefined || someAreImported) && importedPasswordFits(password, imported),
  ]);
  return imported === undefined ? stored !== undefined && fits : fitsImported;
}

/**
 * The password that bytes stand for. JSON can only carry Unicode, so a client whose password is random bytes has had each
 * byte that is not UTF-8 turned into U+FFFD (as Go does) when the password was set; the same is done to what it sends later.
 */
export function passwordFromBytes(bytes: Buffer): string {
  let text = '';
  for (let at = 0; at < bytes.length;) {
    const length = sequenceLength(bytes, at);
    text += length === 0 ? '\uFFFD' : bytes.toString('utf8', at, at + length);
    at += length || 1;
  }
  return text;
}

/** The length of the valid UTF-8 sequence at a place (RFC 3629, table 3-7 of Unicode), or 0. */
function sequenceLength(bytes: Buffer, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const length =
    first >= 0xc2 && first <= 0xdf ? 2 : (first & 0xf0) === 0xe0 ? 3 : first >= 0xf0 && first <= 0xf4 ? 4 : 0;
  if (length === 0 || at + length > bytes.length) return 0;
  const second = bytes[at + 1] ?? 0;
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return 0;
  for (let i = 2; i < length; i++) {
    if (((bytes[at + i] ?? 0) & 0xc0) !== 0x80) return 0;
  }
  return length;
}
