import type { Command } from 'commander';
import type { Credential } from '../../../client/client.ts';
import { addCommand } from '../../command.ts';
import { EXIT, Failure, usageFailure } from '../../failure.ts';
import { print } from '../../output.ts';
import { askSecret, canAsk } from '../../prompt.ts';
import { removeSavedLogin, saveLogin, savedLoginPath } from '../../session.ts';
import { printable } from '../../text.ts';
import { parseAddress, tokenCredential } from '../connection.ts';
import {
  ANOTHER_KEY,
  cloudClient,
  cloudCredentialIn,
  type CloudFlags,
  DEFAULT_CLOUD_URL,
  withCloudConnection,
} from './connection.ts';

/** `latchkey cloud login` */
export function addCloudLogin(cloud: Command): void {
  const login = addCommand(cloud, 'login [url]', {
    summary: 'save the address of a cloud side and a credential for later "cloud" commands',
    examples: ['latchkey cloud login http://127.0.0.1:3080', 'latchkey cloud login --token-stdin < key'],
    more: 'It is kept beside what "latchkey login" saved, and neither is ever used for the other. The credential is tried first.',
  });
  withCloudConnection(login).action(async (address: string | undefined, flags: CloudFlags) => {
    if (address !== undefined && flags.url !== undefined)
      throw usageFailure('give the address once: alone, or by --url');
    const { url } = parseAddress(
      address ?? flags.url ?? (process.env['LATCHKEY_CLOUD_URL'] || DEFAULT_CLOUD_URL),
    );
    const credential = (await cloudCredentialIn(flags)) ?? (await askCredential(url));
    await requireAccepted(url, credential);
    const path = saveLogin({ url, credential }, 'cloud');
    print(printable(`Signed in to the cloud side at ${url}; saved in ${path}`));
  });
}

/** `latchkey cloud logout` */
export function addCloudLogout(cloud: Command): void {
  addCommand(cloud, 'logout', {
    summary: 'forget the saved login of the cloud side',
    examples: ['latchkey cloud logout'],
    more: 'The key or token stays good: delete it there if nobody is to use it any more.',
  }).action(() => {
    const wasThere = removeSavedLogin('cloud');
    print(wasThere ? `Forgotten: ${savedLoginPath('cloud')}` : 'There was no saved login.');
  });
}

/** A token of a policy may be known and still not allowed to read any of this. */
async function requireAccepted(url: string, credential: Credential): Promise<void> {
  try {
    await cloudClient(url, credential).request('GET', '/api/stack-regions');
  } catch (error) {
    // A wrong one is told already how another is made.
    if (!(error instanceof Failure) || error.exitCode === EXIT.unauthorized) throw error;
    const { exitCode, message, detail } = error;
    if (exitCode === EXIT.forbidden) return;
    const advice = [detail, 'Nothing was saved.', ANOTHER_KEY].filter((sentence) => sentence !== undefined);
    throw new Failure(exitCode, message, { detail: advice.join(' '), cause: error });
  }
}

async function askCredential(url: string): Promise<Credential> {
  if (!canAsk()) {
    throw usageFailure(
      `there is no terminal to ask for a cloud key or token of ${url}`,
      'Give it on standard input with --token-stdin.',
    );
  }
  const token = tokenCredential(await askSecret('Cloud key or token: '));
  if (token === undefined) throw usageFailure('nothing was given');
  return token;
}
