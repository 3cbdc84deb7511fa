import { randomLetters } from './random.ts';

const SECRET_LETTERS = 32;
// What public scanners look for: 32 to 400 letters, digits, + and / behind the prefix (gitleaks, grafana-cloud-api-token).
const LONGEST = 404;
const PREFIX = 'glc_';
const LONGEST_NAME = 120;

/**
 * A new cloud credential in Grafana's form: `glc_` and the base64 of `{"o":<organization>,"n":<name>,"k":<secret>,"m":{"r":<region>}}`.
 * The end of a long name is left out.
 */
export function makeCloudSecret(orgId: number, name: string, region: string): string {
  const shown = name.replaceAll(/[^\x20-\x7e]/g, '').slice(0, LONGEST_NAME);
  const parts = { o: String(orgId), n: shown, k: randomLetters(SECRET_LETTERS), m: { r: region } };
  return PREFIX + Buffer.from(JSON.stringify(parts)).toString('base64');
}

/** A cloud credential as it was made: whoever copies one may lose the `=` at its end. */
export function padded(secret: string): string {
  const letters = secret.slice(PREFIX.length).replace(/={1,2}$/, '');
  return PREFIX + letters.padEnd(Math.ceil(letters.length / 4) * 4, '=');
}

/** Whether a text may be a cloud credential, so that no look-up is spent on what is none. */
export function isCloudSecret(text: string): boolean {
  return text.length <= LONGEST && /^glc_[A-Za-z0-9+/]{32,}={0,2}$/.test(text);
}
