import { isDeepStrictEqual } from 'node:util';
import type { Seal } from '../../crypto/seal.ts';
import { sealedByName, sealedText } from '../../crypto/sealed-values.ts';
import { badRequest } from '../../errors.ts';
import type { Settings } from './providers.ts';

/** What stands in the place of a secret, in the database as in every answer. */
const MASK = '*********';

/** Grafana's words for what is secret, even where it is a path, and some more. `tokenUrl` and `tlsClientKey` are none. */
const SECRET =
  /secret|pass|pwd|private|certificate|credential|(api|access|sign\w*|encrypt\w*)_?key|client_?key_?value|token$/i;

export interface Kept {
  /** JSON with the mask in the place of each secret. */
  settings: string;
  /** A JSON object of the sealed secrets, by the JSON pointer to their place. */
  secure_settings: string;
}

/** What a sealed secret is bound to. */
export function purposeOf(provider: string, pointer: string): string {
  return `sso settings ${provider}:${pointer}`;
}

/**
 * Takes the secrets out of settings and seals them. Where the mask was sent back, the secret that was kept in that place stays.
 * Throws 400 where there is none.
 */
export function keepSecrets(
  seal: Seal,
  provider: string,
  settings: Settings,
  before: Kept,
): Kept & { set: string[]; stayed: string[] } {
  const known = sealedByName(before.secure_settings);
  requireSamePlaces(settings, JSON.parse(before.settings) as Settings);
  const sealed = new Map<string, string>();
  const [set, stayed]: [string[], string[]] = [[], []];
  const masked = eachSecret(settings, (value, pointer) => {
    (value === MASK ? stayed : set).push(pointer);
    const kept =
      value === MASK ? known.get(pointer) : seal.close(JSON.stringify(value), purposeOf(provider, pointer));
    if (kept === undefined) throw nothingBehindMask(pointer);
    sealed.set(pointer, kept);
    return MASK;
  });
  return { settings: JSON.stringify(masked), secure_settings: sealedText(sealed), set, stayed };
}

/**
 * Throws 400 where a mask is sent in a list whose entry is not the one that was shown in that place: the secret of another
 * entry would stay behind it.
 */
function requireSamePlaces(settings: unknown, shown: unknown, isListed = false): void {
  if (isListed && holdsMask(settings) && !isDeepStrictEqual(settings, shown)) {
    throw badRequest(
      'an entry of a list was changed or moved, and has only the mask of a secret: send the secret itself',
    );
  }
  if (typeof settings !== 'object' || settings === null) return;
  const before = (typeof shown === 'object' && shown !== null ? shown : {}) as Settings;
  for (const [name, value] of Object.entries(settings)) {
    requireSamePlaces(value, before[name], isListed || Array.isArray(settings));
  }
}

function holdsMask(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return value === MASK;
  return Object.values(value).some(holdsMask);
}

/** The same settings with each secret in them replaced, at whatever depth; one that is empty is none. */
function eachSecret(settings: Settings, replace: (secret: string | number, pointer: string) => unknown) {
  const walk = (value: unknown, pointer: string, isSecret: boolean): unknown => {
    if (Array.isArray(value)) return value.map((part, at) => walk(part, `${pointer}/${at}`, isSecret));
    if (typeof value === 'object' && value !== null) {
      const members = Object.entries(value).map(([name, part]) => [
        name,
        walk(part, `${pointer}/${pointerPart(name)}`, isSecret || SECRET.test(name)),
      ]);
      return Object.fromEntries(members) as Settings;
    }
    const isOne = typeof value === 'number' || (typeof value === 'string' && value !== '');
    return isSecret && isOne ? replace(value, pointer) : value;
  };
  return walk(settings, '', false);
}

function pointerPart(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

function nothingBehindMask(pointer: string) {
  const name = `settings${pointer.replaceAll('/', '.')}`;
  return badRequest(`${name} is only the mask, and no secret is kept in this place: send the secret itself`);
}
