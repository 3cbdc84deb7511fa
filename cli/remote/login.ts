import type { Command } from 'commander';
import { createClient, type Credential } from '../../client/client.ts';
import type { Self } from '../../client/shapes.ts';
import { addCommand } from '../command.ts';
import { usageFailure } from '../failure.ts';
import { print, say } from '../output.ts';
import { OWN_NAME } from '../own-name.ts';
import { ask, askSecret, canAsk } from '../prompt.ts';
import { removeSavedLogin, saveLogin, savedLoginPath } from '../session.ts';
import { printable } from '../text.ts';
import {
  type ConnectionFlags,
  credentialFromFlags,
  DEFAULT_URL,
  parseAddress,
  passwordCredential,
  tokenCredential,
  withConnection,
} from './connection.ts';

/** `latchkey login` */
export function addLogin(program: Command): void {
  const login = addCommand(program, 'login [url]', {
    summary: "save a server's address and a credential for later commands",
    examples: [
      'latchkey login http://127.0.0.1:3000 --user admin',
      'latchkey login https://latchkey.example.org --token-stdin < token.txt',
      'printf %s "$PASSWORD" | latchkey login --user ann --password-stdin',
    ],
    more: 'The credential is tried first and saved only if the server accepts it, in a file that only you can read.',
  });
  withConnection(login).action(async (address: string | undefined, flags: ConnectionFlags) => {
    if (address !== undefined && flags.url !== undefined)
      throw usageFailure('give the address once: alone, or by --url');
    const { env } = process;
    const given = parseAddress(
      address ?? flags.url ?? (env['LATCHKEY_URL'] || env['GRAFANA_URL'] || DEFAULT_URL),
    );
    const credential =
      (await credentialFromFlags(flags)) ?? given.credential ?? (await askCredential(given.url));
    const settings = { url: given.url, credential, orgId: flags.org };
    const self = await createClient(settings).request<Self>('GET', '/api/user');
    const path = saveLogin(settings);
    print(printable(`Signed in to ${given.url} as ${self.login || self.name}; saved in ${path}`));
    if ('password' in credential) {
      say(
        `The password is in that file. A token does the same and can be taken back: ${OWN_NAME} tokens create --help`,
      );
    }
  });
}

/** `latchkey logout` */
export function addLogout(program: Command): void {
  const logout = addCommand(program, 'logout', {
    summary: 'forget the saved login',
    examples: ['latchkey logout'],
    more: 'A saved key or token stays good on the server: revoke it there if nobody is to use it any more.',
  });
  logout.action(() => {
    const wasThere = removeSavedLogin();
    print(wasThere ? `Forgotten: ${savedLoginPath()}` : 'There was no saved login.');
  });
}

async function askCredential(url: string): Promise<Credential> {
  if (!canAsk()) {
    throw usageFailure(
      `there is no terminal to ask who you are on ${url}`,
      'Give a key or token on standard input with --token-stdin, or --user LOGIN and its password with --password-stdin.',
    );
  }
  const user = await ask(`Login on ${url} (empty to give a key or token): `);
  if (user.trim() !== '') return passwordCredential(user.trim(), await askSecret('Password: '));
  const token = tokenCredential(await askSecret('Key or token: '));
  if (token === undefined) throw usageFailure('nothing was given');
  return token;
}
