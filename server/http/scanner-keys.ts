import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { FastifyRequest } from 'fastify';
import { ConfigError } from '../config/config-error.ts';
import type { Config } from '../config/config.ts';
import { unauthorized } from '../errors.ts';

/** A key with which a scanner signs what it found; PEM has no place for its name. */
export interface ScannerKey {
  id: string | undefined;
  key: KeyObject;
}

const PEM = /-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----/g;

/** The keys of `[leaks] public_keys_file`, none where that is not set. Throws a ConfigError where they do not do. */
export function readScannerKeys({ leaks: { public_keys_file: file } }: Config): ScannerKey[] {
  if (file === '') return [];
  try {
    return keysIn(readFileSync(file, 'utf8'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`[leaks] public_keys_file (${file}) cannot be used: ${reason}`, { cause: error });
  }
}

/**
 * Which of the keys signed the body, byte by byte, as GitHub's secret scanning does: ECDSA on P-256 with SHA-256, in DER and base64.
 * Throws 401 where none of them did.
 */
export function signerOf(keys: readonly ScannerKey[], { headers, bodyText }: FastifyRequest): string {
  const named = headers['github-public-key-identifier'];
  const signature = headers['github-public-key-signature'];
  if (typeof named === 'string' && typeof signature === 'string') {
    const bytes = Buffer.from(signature, 'base64');
    const text = Buffer.from(bodyText);
    const signer = keys
      .filter(({ id }) => id === undefined || id === named)
      .find(({ key }) => verify('sha256', text, { key, dsaEncoding: 'der' }, bytes));
    if (signer !== undefined) return signer.id ?? 'pem';
  }
  throw unauthorized(
    'Invalid signature',
    'Github-Public-Key-Identifier has to name a key of [leaks] public_keys_file, and Github-Public-Key-Signature to be its signature of the body.',
    { reason: 'malformed' },
  );
}

function keysIn(text: string): ScannerKey[] {
  const found = text.trimStart().startsWith('{') ? inJson(text) : inPem(text);
  if (found.length === 0) throw new Error('it holds no public key');
  for (const { key } of found) {
    if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') {
      throw new Error('a key in it is not an elliptic one on P-256');
    }
  }
  return found;
}

function inPem(text: string): ScannerKey[] {
  return (text.match(PEM) ?? []).map((pem) => ({ id: undefined, key: createPublicKey(pem) }));
}

/** As GitHub answers /meta/public_keys/secret_scanning. */
function inJson(text: string): ScannerKey[] {
  const { public_keys: keys = [] } = JSON.parse(text) as {
    public_keys?: { key_identifier: string; key: string }[];
  };
  return keys.map(({ key_identifier: id, key }) => ({ id, key: createPublicKey(key) }));
}
