import { createCipheriv, pbkdf2Sync, randomBytes } from 'node:crypto';
import { makeApiKey, makeToken } from '../../server/crypto/secrets.ts';

/** What Grafana stores of a password or secret. */
export function grafanaHashOf(secret: string, salt: string): string {
  return pbkdf2Sync(secret, salt, 10_000, 50, 'sha256').toString('hex');
}

/** An API key as its holder has it, and what Grafana stores. */
export function grafanaKey(name: string, orgId: number): { secret: string; stored: string } {
  const { key, secret } = makeApiKey(name, orgId);
  return { secret: key, stored: grafanaHashOf(secret, name) };
}

/** A service account's token as its holder has it, and what Grafana stores. */
export function grafanaToken(): { secret: string; stored: string } {
  const token = makeToken();
  return { secret: token, stored: grafanaHashOf(token.slice(5, 37), token.slice(38)) };
}

/** A text as Grafana encrypts it under a secret: the oldest form, or one of those that name the algorithm. */
export function grafanaEncrypted(
  plain: string | Buffer,
  secret: string | Buffer,
  form: 'old' | 'aes-cfb' | 'aes-gcm',
): Buffer {
  const salt = Buffer.from(randomBytes(4).toString('hex'));
  const key = pbkdf2Sync(secret, salt, 10_000, 32, 'sha256');
  const isGcm = form === 'aes-gcm';
  const iv = randomBytes(isGcm ? 12 : 16);
  const cipher = isGcm ? createCipheriv('aes-256-gcm', key, iv) : createCipheriv('aes-256-cfb', key, iv);
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  const tag =
    'getAuthTag' in cipher && isGcm
      ? (cipher as ReturnType<typeof createCipheriv> & { getAuthTag(): Buffer }).getAuthTag()
      : Buffer.alloc(0);
  const name = form === 'old' ? '' : `*${unpadded(Buffer.from(form))}*`;
  return Buffer.concat([Buffer.from(name), salt, iv, body, tag]);
}

/** The same under a data key, which the database names by its id. */
export function grafanaEnveloped(plain: string, keyId: string, dataKey: Buffer): Buffer {
  const prefix = Buffer.from(`#${unpadded(Buffer.from(keyId))}#`);
  return Buffer.concat([prefix, grafanaEncrypted(plain, dataKey, 'aes-cfb')]);
}

export function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}
