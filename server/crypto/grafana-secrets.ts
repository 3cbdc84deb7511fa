import { createDecipheriv, pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';

const ROUNDS = 10_000;
const KEY_BYTES = 32;
const SALT = 8;
const BLOCK = 16;
const GCM_NONCE = 12;
const GCM_TAG = 16;
const STAR = 0x2a;
const HASH = 0x23;

const derive = promisify(pbkdf2);
// What nobody has in a password or certificate.
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;
const strict = new TextDecoder('utf-8', { fatal: true });

/** A text that Grafana encrypted; where it is under a key of its own that the database keeps, the id of that key. */
export interface Encrypted {
  keyId: string | undefined;
  payload: Buffer;
}

/** The parts of what Grafana encrypted: `#<base64 of the key's id>#<payload>`, or the payload alone. */
export function readEncrypted(bytes: Buffer): Encrypted {
  const end = bytes[0] === HASH ? bytes.indexOf(HASH, 1) : -1;
  if (end === -1) return { keyId: undefined, payload: bytes };
  const keyId = Buffer.from(bytes.toString('latin1', 1, end), 'base64').toString();
  return { keyId, payload: bytes.subarray(end + 1) };
}

/** What Grafana encrypted under a secret. Undefined when it is in no form that is known, or a checksum tells that the secret is wrong. */
export async function decryptGrafana(payload: Buffer, secret: string | Buffer): Promise<Buffer | undefined> {
  const { algorithm, body } = algorithmOf(payload);
  const isGcm = algorithm === 'aes-gcm';
  if ((!isGcm && algorithm !== 'aes-cfb') || body.length < SALT + (isGcm ? GCM_NONCE + GCM_TAG : BLOCK)) {
    return undefined;
  }
  const key = await derive(secret, body.subarray(0, SALT), ROUNDS, KEY_BYTES, 'sha256');
  return isGcm ? openGcm(key, body.subarray(SALT)) : openCfb(key, body.subarray(SALT));
}

/** The same as text. Under a wrong secret there is hardly ever one: most bytes are no letters in UTF-8. */
export async function decryptGrafanaText(
  payload: Buffer,
  secret: string | Buffer,
): Promise<string | undefined> {
  const bytes = await decryptGrafana(payload, secret);
  if (bytes === undefined) return undefined;
  try {
    const text = strict.decode(bytes);
    return CONTROL.test(text) ? undefined : text;
  } catch {
    // Its only way to say that the bytes are no text.
    return undefined;
  }
}

/** `*<base64 of the algorithm's name>*<body>`; what has no name is from before there was a choice. */
function algorithmOf(payload: Buffer): { algorithm: string; body: Buffer } {
  const end = payload[0] === STAR ? payload.indexOf(STAR, 1) : -1;
  if (end === -1) return { algorithm: 'aes-cfb', body: payload };
  const name = Buffer.from(payload.toString('latin1', 1, end), 'base64').toString();
  return { algorithm: name || 'aes-cfb', body: payload.subarray(end + 1) };
}

function openCfb(key: Buffer, body: Buffer): Buffer {
  const decipher = createDecipheriv('aes-256-cfb', key, body.subarray(0, BLOCK));
  return Buffer.concat([decipher.update(body.subarray(BLOCK)), decipher.final()]);
}

function openGcm(key: Buffer, body: Buffer): Buffer | undefined {
  const nonce = body.subarray(0, GCM_NONCE);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: GCM_TAG });
  decipher.setAuthTag(body.subarray(body.length - GCM_TAG));
  const plain = decipher.update(body.subarray(GCM_NONCE, body.length - GCM_TAG));
  try {
    return Buffer.concat([plain, decipher.final()]);
  } catch {
    // Node's only way to say that the tag does not fit.
    return undefined;
  }
}
