import { type CurlRequest, readCurl } from './curl-command.ts';
import { readShellText } from './shell-words.ts';

/** The headers that say who asks and where; of others nothing is read. */
const READ_HEADERS = [
  'authorization',
  'cookie',
  'x-grafana-org-id',
  'host',
  'origin',
  'sec-fetch-site',
] as const;
type ReadHeader = (typeof READ_HEADERS)[number];

/** A request as somebody pasted it. */
export interface ReadRequest {
  method: string;
  /** With its query, from the first slash. */
  path: string;
  headers: Partial<Record<ReadHeader, string>>;
  /** What the text does not hold, and what is odd about it, in sentences. Never a secret. */
  remarks: string[];
}

/** What was read, or why nothing could be. */
export type Reading = ReadRequest | { failure: string };

const LONGEST = 1 << 16;
const PASTE =
  'Paste a command that begins with curl, a request that begins with its method and path, or a line such as GET /api/folders.';
const OTHER_PROGRAMS: [pattern: RegExp, name: string][] = [
  [/^(\$\s+)?wget\s/i, 'wget'],
  [/^(\$\s+)?https?\s+[A-Za-z]/, 'HTTPie'],
  [/^(Invoke-|iwr\b|irm\b|\$session\b)/i, 'PowerShell'],
  [/^(await\s+)?fetch\(/, 'a script'],
];

/** Reads a request out of what people paste: a curl command, a raw HTTP request, or a method and a path. */
export function readRequest(text: string): Reading {
  if (text.length > LONGEST) return fail(`The text is longer than ${LONGEST} letters. Leave the body out.`);
  const trimmed = withoutPrompt(text.trim());
  if (trimmed === '') return fail(`There is no text. ${PASTE}`);
  if (/^HTTP\/\d/.test(trimmed)) return fail(`This is an answer, and not a request. ${PASTE}`);
  const program = OTHER_PROGRAMS.find(([pattern]) => pattern.test(trimmed))?.[1];
  if (program !== undefined) return fail(`Commands of ${program} cannot be read. ${PASTE}`);
  return readRaw(trimmed) ?? readCommand(trimmed) ?? fail(`There is no request in the text. ${PASTE}`);
}

const CURL = /(?:^|[/\\])curl(?:\.exe)?$/;

function readCommand(text: string): Reading | undefined {
  if (!/\bcurl(\.exe)?\s/.test(text)) return undefined;
  if (/(^|\s)[\u201c\u201d\u2018\u2019]/.test(text)) {
    return fail(
      'The command has typographic quotation marks, which no shell takes. Write " or \' in their place.',
    );
  }
  const { commands, unknown } = readShellText(text);
  const command = commands.find((words) => words.some((word) => CURL.test(word)));
  if (command === undefined) return undefined;
  const read = readCurl(command.slice(command.findIndex((word) => CURL.test(word)) + 1));
  if (read !== undefined) return requestOf(read, unknown);
  return fail(
    'The command names no address. Add the one of the server, as in http://localhost:3000/api/folders.',
  );
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

function readRaw(text: string): Reading | undefined {
  const [first = '', ...rest] = sentLines(text.split(/\r?\n/));
  const words = first.trim().split(/[ \t]+/);
  const [target = ''] = words;
  if (words.length === 1 && /^(\/|https?:\/\/)/i.test(target)) return requestOf(plain('GET', target, []));
  const [method = '', address = '', version] = words;
  const isLine = METHODS.has(method.toUpperCase()) && words.length <= 3 && /^HTTP\/|^$/.test(version ?? '');
  return isLine && address !== '' ? requestOf(plain(method, address, headersIn(rest))) : undefined;
}

/** The lines of the request: of what curl -v shows, those behind the sign for what it sends. */
function sentLines(lines: readonly string[]): readonly string[] {
  const start = lines.findIndex((line) => /^> [A-Z]+ /.test(line));
  if (start === -1) return lines;
  const end = lines.findIndex((line, at) => at > start && !line.startsWith('>'));
  return lines.slice(start, end === -1 ? undefined : end).map((line) => line.slice(2));
}

/** A request line with headers, whose address may have a name and password in it. */
function plain(method: string, address: string, headers: [string, string][]): CurlRequest {
  const { url, headers: made, pair } = readCurl([address]) ?? { url: address, headers: [], pair: undefined };
  return { method, url, headers: [...headers, ...made], pair, remarks: [] };
}

function headersIn(lines: readonly string[]): [string, string][] {
  const headers: [string, string][] = [];
  for (const line of lines) {
    if (line.trim() === '') break;
    const last = headers.at(-1);
    const colon = line.indexOf(':');
    if (/^[ \t]/.test(line) && last !== undefined) last[1] += ` ${line.trim()}`;
    else if (colon > 0) headers.push([line.slice(0, colon).trim(), line.slice(colon + 1).trim()]);
  }
  return headers;
}

function requestOf({ method, url, headers: all, pair, remarks }: CurlRequest, unknown?: Unknown): Reading {
  const place = placeOf(url);
  if (place === undefined) return fail('The address begins with something else than http:// or https://.');
  const headers: ReadRequest['headers'] = place.host === '' ? {} : { host: place.host };
  for (const [name, value] of all) {
    const known = READ_HEADERS.find((header) => header === name.toLowerCase());
    if (known === undefined) continue;
    if (known === 'cookie' && headers.cookie !== undefined) headers.cookie += `; ${value}`;
    else if (known === 'host' || headers[known] === undefined) headers[known] = value;
  }
  const secrets = [headers.authorization ?? '', headers.cookie ?? ''];
  return {
    method,
    path: place.path,
    headers,
    remarks: [
      ...remarks,
      ...new Set(secrets.flatMap((value) => variableIn(value, unknown))),
      ...(pair === undefined ? [] : passwordIn(pair, unknown)),
      ...(VARIABLE.test(place.path)
        ? ['A variable stands in the path, which is looked at as it is written.']
        : []),
    ],
  };
}

/** The host and the path of an address, which may begin with a variable for the server. */
function placeOf(url: string): { host: string; path: string } | undefined {
  const [bare = ''] = url.split('#', 1);
  if (bare.startsWith('/')) return { host: '', path: bare };
  if (bare.startsWith('api/')) return { host: '', path: `/${bare}` };
  const [whole = '', scheme = ''] = /^([a-z][a-z\d+.-]*):\/\//i.exec(bare) ?? [];
  if (whole !== '' && !/^https?$/i.test(scheme)) return undefined;
  const rest = bare.slice(whole.length);
  const end = rest.search(/[/?]/);
  const host = end === -1 ? rest : rest.slice(0, end);
  const path = end === -1 ? '/' : rest.slice(end);
  const isVariable = /[${}<>]/.test(host);
  return {
    host: isVariable ? '' : host.slice(host.lastIndexOf('@') + 1),
    path: path.startsWith('?') ? `/${path}` : path,
  };
}

/** The variables whose values a shell would know; undefined where no shell reads the text. */
type Unknown = ReadonlySet<string> | undefined;

const VARIABLE = /\$\{?([A-Za-z_]\w*)/;

/** A sentence on a variable that stands where a credential has to. */
function variableIn(value: string, unknown: Unknown): string[] {
  const name = VARIABLE.exec(value)?.[1];
  if (name === undefined) return /\$\(|`/.test(value) ? [COMMAND] : [];
  return [unknown === undefined || unknown.has(name) ? missing(name) : quoted(name)];
}

/** The same of a password, which may well have a dollar sign of its own. */
function passwordIn(pair: string, unknown: Unknown): string[] {
  const name = VARIABLE.exec(pair)?.[1];
  return name !== undefined && unknown?.has(name) === true ? [missing(name)] : [];
}

const COMMAND =
  'What a command would have put in is not in the text: write the credential itself in its place.';

function missing(name: string): string {
  return `The value of ${spelt(name)} is not in the text: write the credential itself in its place.`;
}

function quoted(name: string): string {
  return `${spelt(name)} stands between single quotes, where a shell leaves it as it is: use double quotes.`;
}

// What looks like a secret behind a dollar sign is one.
function spelt(name: string): string {
  return name.length > 30 || /^(glsa|glc|eyJ)/i.test(name) ? 'a variable' : `$${name}`;
}

function withoutPrompt(text: string): string {
  return text.replace(/^(?:[$%#] +)+(?=\S)/, '');
}

function fail(failure: string): Reading {
  return { failure };
}
