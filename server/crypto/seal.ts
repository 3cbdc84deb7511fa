import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const VERSION = 'v1.';
const NONCE = 12;
const TAG = 16;

/** Encrypts and decrypts what must be kept but not shown, such as a data source's password. */
export interface Seal {
  close(plain: string, purpose: string): string;
  open(sealed: string, purpose: string): string;
  /** The same text where it is under the key in force already, else sealed anew under it; undefined when no key opens it. */
  renew(sealed: string, purpose: string): string | undefined;
}

/**
 * AES-256-GCM under a key derived from the configured secret; the purpose is bound to the text, so that one cannot stand for
 * another. What was sealed under the previous secret still opens.
 */
export function createSeal(secretKey: string, previousSecretKey = ''): Seal {
  const key = derive(secretKey);
  const previous = previousSecretKey === '' ? undefined : derive(previousSecretKey);
  const close = (plain: string, purpose: string): string => encrypt(key, plain, purpose);
  const openedBefore = (sealed: string, purpose: string): string | undefined =>
    previous && decrypt(previous, sealed, purpose);
  return {
    close,
    open(sealed, purpose) {
      const plain = decrypt(key, sealed, purpose) ?? openedBefore(sealed, purpose);
      if (plain === undefined) throw new Error('a sealed text that no secret key in force opens');
      return plain;
    },
    renew(sealed, purpose) {
      if (decrypt(key, sealed, purpose) !== undefined) return sealed;
      const plain = openedBefore(sealed, purpose);
      return plain === undefined ? undefined : close(plain, purpose);
    },
  };
}

function derive(secretKey: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secretKey, 'latchkey', 'seal v1', 32));
}

function encrypt(key: Buffer, plain: string, purpose: string): string {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(purpose));
  const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
  return `${VERSION}${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64')}`;
}

/** Undefined when the text was not sealed under this key for this purpose. */
function decrypt(key: Buffer, sealed: string, purpose: string): string | undefined {
  if (!sealed.startsWith(VERSION)) return undefined;
  const bytes = Buffer.from(sealed.slice(VERSION.length), 'base64');
  const [nonce, tag] = [bytes.subarray(0, NONCE), bytes.subarray(NONCE, NONCE + TAG)];
  if (tag.length < TAG) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG });
  decipher.setAAD(Buffer.from(purpose)).setAuthTag(tag);
  const plain = decipher.update(bytes.subarray(NONCE + TAG));
  try {
    return Buffer.concat([plain, decipher.final()]).toString('utf8');
  } catch {
    // Node's only way to say that the tag does not fit.
    return undefined;
  }
}
