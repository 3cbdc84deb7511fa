import type { Command } from 'commander';
import { type Client, createClient, type Credential } from '../../../client/client.ts';
import { ApiFailure, Unreachable } from '../../../client/failures.ts';
import { EXIT, exitCodeOf, Failure, usageFailure } from '../../failure.ts';
import { OWN_NAME } from '../../own-name.ts';
import { readSecret } from '../../prompt.ts';
import { readSavedLogin } from '../../session.ts';
import { isOfCloud } from '../advice.ts';
import { choose, type Connection, givenToken, namedSource, tokenCredential } from '../connection.ts';
import { lookAt } from '../credential-look.ts';

export interface CloudFlags {
  url?: string;
  token?: string;
  tokenStdin?: boolean;
  json?: boolean;
}

export const DEFAULT_CLOUD_URL = 'http://127.0.0.1:3080';

export const ANOTHER_KEY = `On the server, "${OWN_NAME} cloud init --org NAME --key second" makes another key.`;

/** Gives a command the options that say where the cloud side is and who asks. */
export function withCloudConnection(command: Command): Command {
  return command
    .optionsGroup('Connection:')
    .option('--url <url>', `the cloud side (LATCHKEY_CLOUD_URL, the saved login, or ${DEFAULT_CLOUD_URL})`)
    .option(
      '--token <secret>',
      'a cloud key or token, glc_…; better in LATCHKEY_CLOUD_TOKEN or by --token-stdin, where no process list shows it',
    )
    .option('--token-stdin', 'read the key or token from standard input');
}

/** The client that a command's options, the environment and the saved login ask for. Its failures say what to do on the cloud side. */
export async function connectCloud(flags: CloudFlags): Promise<Client & { credential: Credential }> {
  const { url, credential, leftOut } = await findCloud(flags);
  if (credential === undefined) {
    const others = leftOut.length === 0 ? '' : ` (not sent there: ${leftOut.join('; ')})`;
    throw new Failure(EXIT.usage, `there is no credential for the cloud side at ${url}${others}`, {
      detail: `Run "${OWN_NAME} cloud login ${url}", or set LATCHKEY_CLOUD_TOKEN. Without any key yet, on the server: ${OWN_NAME} cloud init --org NAME`,
    });
  }
  return { ...cloudClient(url, credential), credential };
}

/** A client of the cloud side at an address. Throws a Failure, and sends nothing, for what is no credential of a cloud side. */
export function cloudClient(url: string, credential: Credential): Client {
  requireCloudCredential(url, credential);
  const client = createClient({ url, credential });
  return {
    ...client,
    request: <T>(...asked: Parameters<Client['request']>) =>
      client.request<T>(...asked).catch((error: unknown): never => {
        throw inWords(error, client.url);
      }),
  };
}

/** The credential that the options name. */
export async function cloudCredentialIn(flags: CloudFlags): Promise<Credential | undefined> {
  if (flags.token !== undefined && flags.tokenStdin)
    throw usageFailure('give one of --token and --token-stdin');
  if (flags.tokenStdin) return tokenCredential(await readSecret('key or token'));
  return givenToken('--token', flags.token);
}

/** Where to and as whom: the options first, then LATCHKEY_CLOUD_*, what Terraform has, and the saved login. */
async function findCloud(flags: CloudFlags): Promise<Connection> {
  const { env } = process;
  const forTerraform = env['GRAFANA_CLOUD_ACCESS_POLICY_TOKEN'] || env['GRAFANA_CLOUD_API_KEY'];
  const ofTerraform = env['GRAFANA_CLOUD_API_URL'] ?? '';
  const sources = [
    namedSource('the command line', flags.url, await cloudCredentialIn(flags)),
    namedSource(
      'the environment (LATCHKEY_CLOUD_TOKEN)',
      env['LATCHKEY_CLOUD_URL'],
      givenToken('LATCHKEY_CLOUD_TOKEN', env['LATCHKEY_CLOUD_TOKEN']),
    ),
    // Where Terraform has no address it means grafana.com, and its token must not go elsewhere.
    ...(ofTerraform === ''
      ? []
      : [namedSource('the environment (GRAFANA_CLOUD_*)', ofTerraform, tokenCredential(forTerraform))]),
    { name: 'the saved login', ...readSavedLogin('cloud') },
  ];
  return choose(sources, DEFAULT_CLOUD_URL);
}

function requireCloudCredential(url: string, credential: Credential): void {
  const { kind } = lookAt(credential);
  if (kind === 'unknown') return;
  throw new Failure(
    EXIT.unauthorized,
    `the cloud side at ${url} takes cloud keys and tokens of access policies (glc_…), and this is of another kind`,
    {
      detail: `Keys, tokens and passwords of a server or stack are for the other commands. A cloud key is made by "${OWN_NAME} cloud keys create", the first one by "${OWN_NAME} cloud init" on the server.`,
    },
  );
}

function inWords(error: unknown, url: string): unknown {
  if (error instanceof Unreachable) {
    return new Failure(EXIT.unreachable, error.message, {
      detail: `${error.detail} The cloud side listens only with [cloud] enabled = true, at [cloud] http_port (3080).`,
      cause: error,
    });
  }
  if (!(error instanceof ApiFailure)) return error;
  const { status, message } = error;
  const advice = isOfCloud(error) ? adviceFor(error) : isItThere(error, url);
  return new Failure(exitCodeOf(status), `${status} ${message}`, {
    ...(advice !== undefined && { detail: advice }),
    cause: error,
  });
}

function adviceFor({ status, message, detail }: ApiFailure): string | undefined {
  if (status !== 401) return detail;
  if (message === 'Token expired')
    return `Make another of its policy: ${OWN_NAME} cloud tokens create POLICY NAME`;
  return `It was deleted, or is of another server. Give one that is good by --token-stdin, LATCHKEY_CLOUD_TOKEN or "${OWN_NAME} cloud login". ${ANOTHER_KEY}`;
}

function isItThere({ status, detail }: ApiFailure, url: string): string | undefined {
  if (status !== 401 && status !== 404) return detail;
  return `Is ${url} the cloud side? It has an address of its own, [cloud] http_port (3080), apart from those of the server and its stacks.`;
}
