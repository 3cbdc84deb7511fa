import { hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { randomLetters } from './random.ts';

const TOKEN = /^glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}$/;
const PREFIX = 'glsa_'.length;
const SECRET_LETTERS = 32;
const LONGEST_KEY = 4096;
// What public scanners look for: `eyJrIjoi` and 70 to 400 letters and digits (gitleaks, grafana-api-key).
const SHORTEST_NAME = 4;
const LONGEST_MADE = 306;
// What makes a + or / of base64, wherever it stands.
// oxlint-disable-next-line no-control-regex
const UNLETTERED = /[^\u0000-\u007f]|[>?~\u007f]/g;

/** A new service account token: `glsa_`, 32 letters and digits, `_`, and the checksum of what stands before it. */
export function makeToken(): string {
  const body = `glsa_${randomLetters(SECRET_LETTERS)}`;
  return `${body}_${checksum(body)}`;
}

/**
 * A new legacy API key, base64 of `{"k":<secret>,"n":<name>,"id":<organization>}`, and the secret inside. Whatever the name, it is
 * one word of letters and digits that public scanners recognise: some of the name is escaped, and the end of a very long one left out.
 */
export function makeApiKey(name: string, orgId: number): { key: string; secret: string } {
  const secret = randomLetters(SECRET_LETTERS);
  const room = LONGEST_MADE - `{"k":"${secret}","n":"","id":${orgId}}`.length;
  const key = Buffer.from(`{"k":"${secret}","n":"${spelled(name, room)}","id":${orgId}}`).toString('base64');
  return { key, secret };
}

/** A name as JSON has it between quotes, in ASCII, as far as there is room. */
function spelled(name: string, room: number): string {
  const isShort = name.length < SHORTEST_NAME;
  let text = '';
  for (const letter of name) {
    const ascii = isShort
      ? escaped(letter)
      : JSON.stringify(letter).slice(1, -1).replaceAll(UNLETTERED, escaped);
    if (text.length + ascii.length > room) break;
    text += ascii;
  }
  return text;
}

function escaped(letters: string): string {
  return Array.from({ length: letters.length }, (_, at) => {
    const code = letters.charCodeAt(at).toString(16);
    return `\\u${code.padStart(4, '0')}`;
  }).join('');
}

/**
 * The part of a bearer credential that proves who has it: a token as a whole, an API key's `k`.
 * Undefined when it is neither, a wrong checksum included, so that no look-up is spent on it.
 */
export function secretOf(presented: string): string | undefined {
  if (looksLikeToken(presented)) return isToken(presented) ? presented : undefined;
  return apiKeySecret(presented);
}

/** Whether it can only be a token, and is its secret as a whole; what follows the first letters is not looked at. */
export function looksLikeToken(presented: string): boolean {
  return presented.startsWith('glsa_');
}

/** Of what Grafana makes its hash of a bearer credential: an API key's `k` and its name, a token's letters and its checksum. */
export function grafanaPartsOf(presented: string): { secret: string; salt: string } | undefined {
  if (isToken(presented)) return { secret: presented.slice(PREFIX, -9), salt: presented.slice(-8) };
  const { k, n } = readApiKey(presented) ?? {};
  return isSecret(k) && typeof n === 'string' ? { secret: k, salt: n } : undefined;
}

/** The organization that an API key says it is of; undefined for what is no API key. */
export function orgInApiKey(presented: string): number | undefined {
  const { k, id } = readApiKey(presented) ?? {};
  return isSecret(k) && typeof id === 'number' && Number.isSafeInteger(id) ? id : undefined;
}

/** What is kept of a secret: SHA-256, enough for 190 bits drawn at random. */
export function secretHash(secret: string): string {
  return hash('sha256', secret, 'base64url');
}

function isToken(text: string): boolean {
  return TOKEN.test(text) && checksum(text.slice(0, -9)) === text.slice(-8);
}

// Grafana: the CRC-32 is written least significant byte first.
function checksum(body: string): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(crc32(body));
  return bytes.toString('hex');
}

function apiKeySecret(text: string): string | undefined {
  const k = readApiKey(text)?.k;
  return isSecret(k) ? k : undefined;
}

function isSecret(k: unknown): k is string {
  return typeof k === 'string' && k !== '';
}

function readApiKey(text: string): { k?: unknown; n?: unknown; id?: unknown } | undefined {
  if (text.length > LONGEST_KEY) return undefined;
  try {
    const parsed: unknown = JSON.parse(Buffer.from(text, 'base64').toString());
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined;
  } catch {
    // Not base64 of JSON: not an API key.
    return undefined;
  }
}
