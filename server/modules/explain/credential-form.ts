import { secretOf } from '../../crypto/secrets.ts';

/** What is wrong with how a credential was sent, and what to do about it. Never the credential or a part of it. */
export interface Fault {
  says: string;
  mend: string;
}

const TOKEN_LENGTH = 46;
const COPY_AGAIN = 'Copy it again, whole, or make a new one.';
const SEND_BEARER = 'Send "Authorization: Bearer <key or token>".';
const UNQUOTE = 'Give the key or token alone, without what stands around it.';
const PRINT_PLAIN = 'Print it without a line break, as printf %s does and echo -n.';

type Test = readonly [pattern: RegExp, says: string, mend: string];

const PLACEHOLDER: Test = [
  /^(\$\{?\w+\}?|\$\(.*\)|`.*`|%\w+%|\{\{.*\}\}|<.*>)$/s,
  'The name of a variable, or a placeholder, was sent in place of the secret.',
  'In a shell, put double quotes around the header: between single quotes "$TOKEN" stays as it is.',
];
const QUOTED: Test = [
  /^["'`\u201c\u201d\u2018\u2019]|["'`\u201c\u201d\u2018\u2019]$/,
  'Quotation marks were sent along with it.',
  UNQUOTE,
];

const COPIED_ALONG: readonly Test[] = [
  PLACEHOLDER,
  QUOTED,
  [/^(authorization:|bearer\b|basic\b)/i, 'A part of the header stands in it twice.', UNQUOTE],
  [/[\r\n]|%0[ad]$|\\[rn]$/i, 'A line break was sent along with it.', PRINT_PLAIN],
  [/%$/, 'It ends with a percent sign, which some shells print behind a line without an end.', UNQUOTE],
  [/\s/, 'It has a space inside.', COPY_AGAIN],
  [/[,;]$/, 'It ends with a comma or a semicolon.', UNQUOTE],
  [/[^\u0021-\u007e]/, 'It has a character that none has, which may be invisible.', COPY_AGAIN],
  [
    /^glc_/,
    'It is for Grafana Cloud itself (glc_), not for one server.',
    'Use a key or token of this server.',
  ],
  [
    /^eyJ[\w-]+\.[\w-]+\.[\w-]*$/,
    'It looks like a JSON Web Token, which is nobody here.',
    'Use a key or token of this server.',
  ],
];

/** What is wrong with the form of an Authorization header; undefined when its form is right. */
export function faultOf(header: string): Fault | undefined {
  const value = header.trim();
  if (value === '') return fault('The Authorization header is empty: a variable may be.', SEND_BEARER);
  const space = value.indexOf(' ');
  const scheme = (space === -1 ? value : value.slice(0, space)).toLowerCase();
  const rest = space === -1 ? '' : value.slice(space + 1).trim();
  if (scheme === 'bearer') return bearerFault(rest);
  if (scheme === 'basic') return basicFault(rest);
  return schemeFault(value, scheme);
}

/** What the form of a header says it is, for whoever sent it. */
export function looksLike(header: string): string {
  const [scheme = '', secret = ''] = header.trim().split(' ', 2);
  const isBasic = scheme.toLowerCase() === 'basic';
  const { login = '', password = '' } = isBasic ? (decoded(secret) ?? {}) : {};
  if (isBasic && login !== 'api_key') return 'A name and password';
  const what = (isBasic ? password : secret).startsWith('glsa_') ? 'A service account token' : 'An API key';
  return isBasic ? `${what}, by the name "api_key",` : what;
}

function schemeFault(value: string, scheme: string): Fault {
  const found = [PLACEHOLDER, QUOTED].find(([pattern]) => pattern.test(value));
  if (found !== undefined) return fault(found[1], found[2]);
  if (scheme.startsWith('authorization'))
    return fault('The name of the header was sent as a part of its value.', SEND_BEARER);
  if (looksLikeSecret(value)) return fault('The word Bearer is missing before it.', SEND_BEARER);
  if (scheme.startsWith('bearer')) return fault('One space has to follow the word Bearer.', SEND_BEARER);
  return fault('The header begins with a word that is no known scheme.', SEND_BEARER);
}

function bearerFault(secret: string): Fault | undefined {
  if (secret === '') return fault('No key follows the word Bearer: a variable may be empty.', SEND_BEARER);
  const found = COPIED_ALONG.find(([pattern]) => pattern.test(secret));
  if (found !== undefined) return fault(found[1], found[2]);
  if (secretOf(secret) !== undefined) return undefined;
  return secret.startsWith('glsa_') ? tokenFault(secret) : keyFault(secret);
}

function tokenFault({ length }: string): Fault {
  if (length < TOKEN_LENGTH) {
    const says = `It begins like a service account token but has ${length} characters instead of ${TOKEN_LENGTH}: was it cut off when it was copied?`;
    return fault(says, COPY_AGAIN);
  }
  if (length > TOKEN_LENGTH) {
    const says = `It begins like a service account token but has ${length} characters instead of ${TOKEN_LENGTH}: something was copied along.`;
    return fault(says, COPY_AGAIN);
  }
  return fault('Its checksum does not fit: a character was changed or left out.', COPY_AGAIN);
}

function keyFault(key: string): Fault {
  if (!key.startsWith('eyJ'))
    return fault('It is neither a service account token nor an API key.', COPY_AGAIN);
  const says = 'It begins like an API key but does not decode to one: was it cut off when it was copied?';
  return fault(says, COPY_AGAIN);
}

function basicFault(encoded: string): Fault | undefined {
  if (encoded === '') return fault('Nothing follows the word Basic: a variable may be empty.', SEND_BEARER);
  if (looksLikeSecret(encoded))
    return fault(
      'The key or token stands where the base64 of "name:password" has to.',
      'Write Bearer in place of Basic.',
    );
  if (encoded.includes(':'))
    return fault('The name and password were sent as they are.', 'Send their base64, as curl -u does.');
  const pair = decoded(encoded);
  if (pair === undefined) {
    return fault('It is not the base64 of "name:password".', 'Let the client make it, as curl -u does.');
  }
  const { login, password } = pair;
  if (looksLikeSecret(login)) return fault('The key or token stands in the place of the name.', SEND_BEARER);
  if (password === '') return fault('The password is empty: a variable may be.', 'Send the password too.');
  if (login === 'api_key') return bearerFault(password);
  if (looksLikeSecret(password)) {
    return fault(
      'The password is a key or token, and the name before it is not "api_key".',
      'Use the name api_key, or Bearer.',
    );
  }
  return /[\r\n]$/.test(password) ? fault('The password ends with a line break.', PRINT_PLAIN) : undefined;
}

function looksLikeSecret(text: string): boolean {
  return /^(glsa_|glc_|eyJ)/.test(text);
}

function decoded(encoded: string): { login: string; password: string } | undefined {
  const text = Buffer.from(encoded, 'base64').toString();
  const colon = text.indexOf(':');
  return colon === -1 ? undefined : { login: text.slice(0, colon), password: text.slice(colon + 1) };
}

function fault(says: string, mend: string): Fault {
  return { says, mend };
}
