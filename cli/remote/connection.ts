import { type Command, InvalidArgumentError } from 'commander';
import { type Client, createClient, type Credential } from '../../client/client.ts';
import { EXIT, Failure, usageFailure } from '../failure.ts';
import { OWN_NAME } from '../own-name.ts';
import { askSecret, canAsk, readSecret } from '../prompt.ts';
import { readSavedLogin } from '../session.ts';

export interface ConnectionFlags {
  url?: string;
  token?: string;
  tokenStdin?: boolean;
  user?: string;
  passwordStdin?: boolean;
  org?: number;
}

/** Where to, as whom, and who said so. */
export interface Connection {
  url: string;
  credential: Credential | undefined;
  /** Where the credential came from, for people. */
  source: string | undefined;
  orgId: number | undefined;
  /** Credentials that are for another server and were therefore left out. */
  leftOut: string[];
}

/** A place that may name a server, a credential, or both. */
export interface Source {
  name: string;
  url?: string | undefined;
  credential?: Credential | undefined;
  orgId?: number | undefined;
}

export const DEFAULT_URL = 'http://127.0.0.1:3000';

const HEADING = 'Connection:';

/** Gives a command the options that say where the server is and who asks. */
export function withConnection(command: Command): Command {
  return command
    .optionsGroup(HEADING)
    .option('--url <url>', `the server (LATCHKEY_URL, GRAFANA_URL, the saved login, or ${DEFAULT_URL})`)
    .option(
      '--token <secret>',
      'a key or token; better in LATCHKEY_TOKEN or by --token-stdin, where no process list shows it',
    )
    .option('--token-stdin', 'read the key or token from standard input')
    .option('--user <login>', 'sign in with a password, which is asked for')
    .option('--password-stdin', 'read the password from standard input')
    .option('--org <id>', 'act in this organization', wholeNumber);
}

/** The client that a command's options, the environment and the saved login ask for. Fails without a credential. */
export async function connect(flags: ConnectionFlags): Promise<Client> {
  return createClient(await requireConnection(flags));
}

/** The same for whoever needs several clients, as for several organizations. */
export async function requireConnection(flags: ConnectionFlags): Promise<Connection> {
  const connection = await findConnection(flags);
  const { credential } = connection;
  if (credential === undefined) throw withoutCredential(connection);
  if ('token' in credential && credential.token.startsWith('glc_')) throw ofTheCloudSide(connection);
  return connection;
}

/** Where to and as whom: the options first, then LATCHKEY_*, GRAFANA_*, and the saved login. */
export async function findConnection(flags: ConnectionFlags): Promise<Connection> {
  const { env } = process;
  const sources = [
    namedSource('the command line', flags.url, await credentialFromFlags(flags), flags.org),
    namedSource(
      'the environment (LATCHKEY_TOKEN)',
      env['LATCHKEY_URL'],
      givenToken('LATCHKEY_TOKEN', env['LATCHKEY_TOKEN']),
    ),
    namedSource(
      'the environment (GRAFANA_AUTH)',
      env['GRAFANA_URL'],
      terraformCredential(env['GRAFANA_AUTH']),
    ),
    { name: 'the saved login', ...readSavedLogin() },
  ];
  return choose(sources, DEFAULT_URL, flags.org);
}

/** The first address of all, and the first credential that is meant for it. */
export function choose(sources: readonly Source[], defaultUrl: string, orgId?: number): Connection {
  const url = sources.find((source) => source.url !== undefined)?.url ?? defaultUrl;
  const candidates = sources.filter((source) => source.credential !== undefined);
  // A secret goes only to the server that it was given for.
  const used = candidates.find((source) => source.url === undefined || source.url === url);
  const leftOut = used === undefined ? candidates.map(({ name, url: other }) => `${name}, for ${other}`) : [];
  return {
    url,
    credential: used?.credential,
    source: used?.name,
    orgId: orgId ?? used?.orgId,
    leftOut,
  };
}

/** The credential that the options name; a password is read or asked for. */
export async function credentialFromFlags(flags: ConnectionFlags): Promise<Credential | undefined> {
  const given = [flags.token !== undefined, flags.tokenStdin === true, flags.user !== undefined];
  if (given.filter(Boolean).length > 1) throw usageFailure('give one of --token, --token-stdin and --user');
  if (flags.passwordStdin && flags.user === undefined)
    throw usageFailure('--password-stdin goes with --user');
  if (flags.tokenStdin) return tokenCredential(await readSecret('key or token'));
  if (flags.user !== undefined) return passwordCredential(flags.user, await passwordOf(flags));
  return givenToken('--token', flags.token);
}

/** A server's address as it was meant, without a slash at the end, and the credential written into it if there is one. */
export function parseAddress(text: string): { url: string; credential?: Credential } {
  const hint = 'Write it as http://HOST:PORT or https://HOST.';
  const address = /^https?:\/\//i.test(text) && URL.canParse(text) ? new URL(text) : undefined;
  if (address === undefined) throw usageFailure(`${JSON.stringify(text)} is no address of a server`, hint);
  const { username, password } = address;
  const url = `${address.origin}${address.pathname}`.replace(/\/+$/, '');
  if (username === '') return { url };
  return { url, credential: passwordCredential(decoded(username), decoded(password)) };
}

export function passwordCredential(user: string, password: string): Credential {
  if (user.includes(':')) {
    throw usageFailure(
      'a login has no colon',
      '--user takes the login alone; the password is asked for or read by --password-stdin.',
    );
  }
  return { user, password };
}

/** A token that was named for this command. An empty one stands for nobody else: it comes of a command that failed before. */
export function givenToken(name: string, text: string | undefined): Credential | undefined {
  if (text?.trim() !== '') return tokenCredential(text);
  throw usageFailure(
    `${name} is given but empty`,
    'Was the key or token made? Leave it out to use the saved login.',
  );
}

export function tokenCredential(text: string | undefined): Credential | undefined {
  const token = text?.trim() ?? '';
  if (token === '') return undefined;
  // Nothing else can stand in a header.
  if (/[^\u0020-\u007e]/.test(token)) {
    throw usageFailure(
      'the key or token has a character that none has',
      'Was it copied whole, from one line?',
    );
  }
  return { token };
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(number) || number < 1) {
    throw new InvalidArgumentError('It has to be a whole number from 1.');
  }
  return number;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A bare % stands for itself.
    return text;
  }
}

/** A source that says `address` and `credential`; the address may have a credential in it. */
export function namedSource(
  name: string,
  address: string | undefined,
  credential: Credential | undefined,
  orgId?: number,
): Source {
  if (address === undefined || address === '') return { name, credential, orgId };
  const parsed = parseAddress(address);
  return { name, url: parsed.url, credential: credential ?? parsed.credential, orgId };
}

/** GRAFANA_AUTH as the Terraform provider reads it: a key or token, or `login:password`. */
function terraformCredential(text: string | undefined): Credential | undefined {
  const colon = text?.indexOf(':') ?? -1;
  if (text === undefined || colon === -1) return text === 'anonymous' ? undefined : tokenCredential(text);
  return passwordCredential(text.slice(0, colon), text.slice(colon + 1));
}

function passwordOf({ user, passwordStdin }: ConnectionFlags): Promise<string> {
  if (passwordStdin) return readSecret('password');
  if (canAsk()) return askSecret(`Password of ${user}: `);
  throw usageFailure(
    'there is no terminal to ask for the password',
    'Give it by --password-stdin, or use GRAFANA_AUTH=login:password.',
  );
}

function ofTheCloudSide({ url }: Connection): Failure {
  return new Failure(EXIT.unauthorized, `a credential of the cloud side (glc_) is not for ${url}`, {
    detail: `"${OWN_NAME} cloud --help" lists the commands that it is for. This one needs a key or token of the server or stack.`,
  });
}

function withoutCredential({ url, leftOut }: Connection): Failure {
  const others = leftOut.length === 0 ? '' : ` (not sent there: ${leftOut.join('; ')})`;
  return new Failure(EXIT.usage, `there is no credential for ${url}${others}`, {
    detail: `Run "${OWN_NAME} login ${url}", or set LATCHKEY_TOKEN. Without any key yet: --user admin.`,
  });
}
