import { crc32 } from 'node:zlib';
import type { Credential } from '../../client/client.ts';
import { OWN_NAME } from '../own-name.ts';

export type CredentialKind = 'service account token' | 'API key' | 'password' | 'unknown' | 'none';

/** What can be told of a credential without asking a server, and without showing it. */
export interface Look {
  kind: CredentialKind;
  isWellFormed: boolean;
  /** A sentence for people. */
  says: string;
  /** What to do about it, when its form is wrong. */
  mend?: string;
  /** Of the key, or the login. */
  name?: string;
  orgId?: number;
}

const TOKEN = /^glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}$/;
const TOKEN_LENGTH = 46;
const COPY_AGAIN = 'Copy it again, whole, or make a new one.';
const ALONE = 'Give the key or token alone: what stands around it in a header is added when it is sent.';

/** Looks at the form of a credential. */
export function lookAt(credential: Credential | undefined): Look {
  if (credential === undefined) {
    const mend = `Run "${OWN_NAME} login", or set LATCHKEY_TOKEN.`;
    return { kind: 'none', isWellFormed: false, says: 'There is none.', mend };
  }
  if ('token' in credential) return lookAtToken(credential.token);
  const { user, password } = credential;
  if (user === 'api_key') return lookAtToken(password);
  return { kind: 'password', isWellFormed: true, says: `A login with a password: ${user}.`, name: user };
}

function lookAtToken(token: string): Look {
  const wrapping = findWrapping(token);
  if (wrapping !== undefined) return unknown(wrapping, ALONE);
  if (/\s/.test(token)) return unknown('It has a space inside.', COPY_AGAIN);
  if (token.startsWith('glsa_')) return lookAtServiceAccountToken(token);
  if (token.startsWith('glc_')) {
    return unknown(
      'It is for Grafana Cloud itself or for the cloud side of a server (glc_), not for a server or stack.',
      `Use a key or token of this server. What the cloud side takes is for "${OWN_NAME} cloud".`,
    );
  }
  if (/^eyJ[\w-]+\.[\w-]+\.[\w-]*$/.test(token)) {
    return unknown('It looks like a JSON Web Token.', 'Use a key or token of this server.');
  }
  return lookAtApiKey(token);
}

function findWrapping(token: string): string | undefined {
  const word = /^(authorization:|bearer|basic)\s/i.exec(token)?.[1];
  if (word !== undefined) return `It begins with the word ${word}.`;
  return /^["'`<]|["'`>]$/.test(token) ? 'It has quotation marks or brackets around it.' : undefined;
}

function lookAtServiceAccountToken(token: string): Look {
  const kind = 'service account token';
  if (token.length !== TOKEN_LENGTH) {
    const says = `It begins like a service account token but has ${token.length} characters instead of ${TOKEN_LENGTH}.`;
    return { kind, isWellFormed: false, says, mend: COPY_AGAIN };
  }
  if (!TOKEN.test(token) || checksum(token.slice(0, -9)) !== token.slice(-8)) {
    const says =
      'It looks like a service account token, but its checksum does not fit: a character was changed.';
    return { kind, isWellFormed: false, says, mend: COPY_AGAIN };
  }
  return { kind, isWellFormed: true, says: 'A service account token; its checksum fits.' };
}

// Grafana: the CRC-32 is written least significant byte first.
function checksum(body: string): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(crc32(body));
  return bytes.toString('hex');
}

function lookAtApiKey(token: string): Look {
  const kind = 'API key';
  const { k, n, id } = decoded(token);
  if (typeof k === 'string' && typeof n === 'string' && typeof id === 'number') {
    const says = `An API key named ${JSON.stringify(n)}, of organization ${id}.`;
    return { kind, isWellFormed: true, says, name: n, orgId: id };
  }
  if (!token.startsWith('eyJ'))
    return unknown('It is neither a service account token nor an API key.', COPY_AGAIN);
  const says = 'It begins like an API key but cannot be decoded: it is cut off, or a character was changed.';
  return { kind, isWellFormed: false, says, mend: COPY_AGAIN };
}

function decoded(token: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(token, 'base64').toString());
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    // Not an API key; the caller says what it may be instead.
    return {};
  }
}

function unknown(says: string, mend: string): Look {
  return { kind: 'unknown', isWellFormed: false, says, mend };
}
