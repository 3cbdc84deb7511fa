/** A request as curl would send it, as far as it says where to, and who asks. */
export interface CurlRequest {
  method: string;
  url: string;
  /** In order, with their names as they were written. */
  headers: [name: string, value: string][];
  /** The name and password that curl encodes, as they are written. */
  pair: string | undefined;
  /** What could not be read out of the command. */
  remarks: string[];
}

// Those that are followed by a value. What is not here is taken for a switch.
const WITH_VALUE = new Set(
  (
    'A user-agent,b cookie,c cookie-jar,C continue-at,d data,D dump-header,e referer,E cert,F form,H header,K config,m max-time,' +
    'o output,P ftp-port,Q quote,r range,t telnet-option,T upload-file,u user,U proxy-user,w write-out,x proxy,X request,' +
    'y speed-time,Y speed-limit,z time-cond,abstract-unix-socket,alt-svc,aws-sigv4,cacert,capath,cert-type,ciphers,connect-timeout,' +
    'connect-to,data-ascii,data-binary,data-raw,data-urlencode,dns-servers,doh-url,expect100-timeout,form-string,happy-eyeballs-timeout-ms,' +
    'hsts,interface,json,keepalive-time,key,key-type,limit-rate,local-port,max-filesize,max-redirs,netrc-file,noproxy,oauth2-bearer,' +
    'output-dir,pass,pinnedpubkey,preproxy,proto,proto-default,proto-redir,proxy-header,rate,request-target,resolve,retry,retry-delay,' +
    'retry-max-time,service-name,socks5,socks5-hostname,stderr,tls-max,tls13-ciphers,trace,trace-ascii,unix-socket,url,url-query,variable'
  )
    .split(',')
    .flatMap((names) => names.split(' ')),
);
const LONG: Record<string, string> = {
  b: 'cookie',
  d: 'data',
  F: 'form',
  G: 'get',
  H: 'header',
  I: 'head',
  K: 'config',
  n: 'netrc',
  T: 'upload-file',
  u: 'user',
  X: 'request',
};
const DATA = new Set([
  'data',
  'data-ascii',
  'data-binary',
  'data-raw',
  'data-urlencode',
  'form',
  'form-string',
  'json',
]);
const UNSEEN: Record<string, string> = {
  config: 'What the file of --config says is not in the text.',
  netrc: 'The name and password of .netrc are not in the text.',
  'netrc-file': 'The name and password of .netrc are not in the text.',
  digest: 'Digest authentication is nothing that this server takes.',
  ntlm: 'NTLM authentication is nothing that this server takes.',
  negotiate: 'Negotiated authentication is nothing that this server takes.',
};

type Options = Map<string, string[]>;

/** Reads the words behind `curl`; undefined when they name no address. */
export function readCurl(words: readonly string[]): CurlRequest | undefined {
  const options: Options = new Map();
  const addresses: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    // What follows is another request.
    if (word === '--next' || word === '-:') break;
    if (!word.startsWith('-') || word === '-') addresses.push(word);
    else at += (word.startsWith('--') ? takeLong : takeShort)(options, word, words[at + 1]);
  }
  const url = options.get('url')?.[0] ?? addresses[0];
  if (url === undefined) return undefined;
  const { address, pair: inUrl } = withoutUser(url);
  const pair = options.get('user')?.at(-1) ?? inUrl;
  const queried = [...(options.get('url-query') ?? []), ...(options.has('get') ? dataOf(options) : [])];
  return {
    method: methodOf(options),
    url: withQuery(address, queried),
    headers: headersOf(options, pair),
    pair,
    remarks: remarksOf(options, addresses),
  };
}

/** Takes a long option; says how many further words are its value. */
function takeLong(options: Options, word: string, next: string | undefined): number {
  const equals = word.indexOf('=');
  const name = word.slice(2, equals === -1 ? undefined : equals);
  if (!WITH_VALUE.has(name)) return add(options, name, '', 0);
  return equals === -1 ? add(options, name, next ?? '', 1) : add(options, name, word.slice(equals + 1), 0);
}

/** Takes short options that stand together, the last of which may have a value. */
function takeShort(options: Options, word: string, next: string | undefined): number {
  for (let at = 1; at < word.length; at++) {
    const letter = word[at] ?? '';
    const name = LONG[letter] ?? letter;
    if (!WITH_VALUE.has(letter)) {
      add(options, name, '', 0);
      continue;
    }
    const rest = word.slice(at + 1);
    return rest === '' ? add(options, name, next ?? '', 1) : add(options, name, rest, 0);
  }
  return 0;
}

function add(options: Options, name: string, value: string, taken: number): number {
  const known = options.get(name);
  if (known === undefined) options.set(name, [value]);
  else known.push(value);
  return taken;
}

function methodOf(options: Options): string {
  const asked = options.get('request')?.at(-1);
  if (asked !== undefined && asked !== '') return asked;
  if (options.has('head')) return 'HEAD';
  if (options.has('upload-file')) return 'PUT';
  return !options.has('get') && [...DATA].some((name) => options.has(name)) ? 'POST' : 'GET';
}

function dataOf(options: Options): string[] {
  return [...DATA].flatMap((name) => {
    const values = options.get(name) ?? [];
    return name === 'data-urlencode' ? values.map(encoded) : values;
  });
}

function encoded(value: string): string {
  const equals = value.indexOf('=');
  // What stands before the first sign is a name, and goes as it is.
  const name = value.slice(0, Math.max(0, equals));
  const content = encodeURIComponent(value.slice(equals + 1)).replaceAll('%20', '+');
  return name === '' ? content : `${name}=${content}`;
}

function withQuery(url: string, queried: readonly string[]): string {
  if (queried.length === 0) return url;
  const [bare = ''] = url.split('#', 1);
  return bare + (bare.includes('?') ? '&' : '?') + queried.join('&');
}

function withoutUser(url: string): { address: string; pair: string | undefined } {
  const [whole, scheme = '', pair] = /^((?:[a-z]+:\/\/)?)([^/?#]*)@/i.exec(url) ?? [];
  if (whole === undefined || pair === undefined) return { address: url, pair: undefined };
  return { address: scheme + url.slice(whole.length), pair: decoded(pair) };
}

/** The headers: those that are given win over those that other options stand for. */
function headersOf(options: Options, pair: string | undefined): [string, string][] {
  const given = (options.get('header') ?? []).flatMap(headerIn);
  const names = new Set(given.map(([name]) => name.toLowerCase()));
  const made: [string, string][] = [];
  const cookies = (options.get('cookie') ?? []).filter((value) => value.includes('='));
  if (cookies.length > 0) made.push(['Cookie', cookies.join(';')]);
  const bearer = options.get('oauth2-bearer')?.at(-1);
  if (bearer !== undefined) made.push(['Authorization', `Bearer ${bearer}`]);
  else if (pair !== undefined)
    made.push(['Authorization', `Basic ${base64(pair.includes(':') ? pair : `${pair}:`)}`]);
  return [
    ...given.flatMap(([name, value]): [string, string][] => (value === undefined ? [] : [[name, value]])),
    ...made.filter(([name]) => !names.has(name.toLowerCase())),
  ];
}

/** A header as -H writes it: `Name: value`, `Name;` for an empty one, and `Name:` for one that is to be left out. */
function headerIn(line: string): [name: string, value: string | undefined][] {
  const colon = line.indexOf(':');
  if (colon !== -1) return [[line.slice(0, colon).trim(), line.slice(colon + 1).trim() || undefined]];
  return line.endsWith(';') ? [[line.slice(0, -1), '']] : [];
}

function remarksOf(options: Options, addresses: readonly string[]): string[] {
  const unseen = Object.entries(UNSEEN).flatMap(([name, says]) => (options.has(name) ? [says] : []));
  const [pair] = options.get('user') ?? [];
  return [
    ...new Set(unseen),
    ...(pair !== undefined && !pair.includes(':')
      ? ['curl asks for the password, which is not in the text.']
      : []),
    ...((options.get('cookie') ?? []).some((value) => value !== '' && !value.includes('='))
      ? ['The cookies are in a file, and not in the text.']
      : []),
    ...((options.get('header') ?? []).some((value) => value.startsWith('@'))
      ? ['Headers are in a file, and not in the text.']
      : []),
    ...(addresses.length > 1 ? ['Only the first address is looked at.'] : []),
  ];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A bare % stands for itself.
    return text;
  }
}

function base64(text: string): string {
  const bytes = new TextEncoder().encode(text);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}
