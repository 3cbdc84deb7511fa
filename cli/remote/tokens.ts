import type { Command } from 'commander';
import type { Client } from '../../client/client.ts';
import type { IssuedSecret, Message, Token } from '../../client/shapes.ts';
import { addCommand, lifeOption, withJson } from '../command.ts';
import { printChange, printJson, printTable, say, shortTime } from '../output.ts';
import { OWN_NAME } from '../own-name.ts';
import { connect, type ConnectionFlags, withConnection } from './connection.ts';
import { listTokens, serviceAccountId, tokenId } from './names.ts';
import { handOver, stateOf } from './secrets.ts';

type Flags = ConnectionFlags & { json?: boolean };

/** `latchkey tokens …` */
export function addTokens(program: Command): void {
  const tokens = addCommand(program, 'tokens', {
    summary: 'the tokens of service accounts',
    examples: [
      'latchkey tokens create deploy laptop --ttl 1M',
      'latchkey tokens list deploy',
      'latchkey tokens revoke deploy laptop',
    ],
  });
  addList(tokens);
  addCreate(tokens);
  addEnd(tokens, 'revoke', 'refuse a token from now on; it stays in the list', (client, account, id) =>
    client.request('POST', `/api/serviceaccounts/${account}/tokens/${id}/revoke`),
  );
  addEnd(tokens, 'delete', 'delete a token; whoever uses it is refused at once', (client, account, id) =>
    client.request('DELETE', `/api/serviceaccounts/${account}/tokens/${id}`),
  );
}

function addList(tokens: Command): void {
  const list = addCommand(tokens, 'list <account>', {
    summary: "list a service account's tokens",
    examples: ['latchkey tokens list deploy', 'latchkey tokens list 3 --json'],
  });
  withConnection(withJson(list)).action(async (account: string, flags: Flags) => {
    const client = await connect(flags);
    const found = await listTokens(client, await serviceAccountId(client, account));
    if (flags.json) return printJson(found);
    printTokens(found);
  });
}

function printTokens(tokens: readonly Token[]): void {
  if (tokens.length === 0)
    return say(`It has no tokens. "${OWN_NAME} tokens create ACCOUNT NAME" makes one.`);
  printTable(
    [
      { title: 'ID', align: 'right' },
      { title: 'NAME', flexible: true },
      { title: 'EXPIRES (UTC)' },
      { title: 'LAST USED (UTC)' },
      { title: 'STATE' },
    ],
    tokens.map((token) => [
      String(token.id),
      token.name,
      shortTime(token.expiration, 'never'),
      shortTime(token.lastUsedAt, 'never'),
      stateOf(token),
    ]),
  );
}

function addCreate(tokens: Command): void {
  const create = addCommand(tokens, 'create <account> <name>', {
    summary: 'issue a token and print its secret, alone, on standard output',
    examples: [
      'latchkey tokens create deploy laptop --ttl 1M',
      'TOKEN=$(latchkey tokens create deploy pipeline)',
    ],
    more: 'The secret is shown this once. Several tokens of one account can be good at the same time.',
  }).addOption(lifeOption());
  withConnection(withJson(create)).action(
    async (account: string, name: string, flags: Flags & { ttl?: number }) => {
      const client = await connect(flags);
      const id = await serviceAccountId(client, account);
      const body = { name, ...(flags.ttl === undefined ? {} : { secondsToLive: flags.ttl }) };
      const issued = await client.request<IssuedSecret>('POST', `/api/serviceaccounts/${id}/tokens`, body);
      handOver(issued, `token ${issued.id} of the service account ${account}`, flags);
    },
  );
}

function addEnd(
  tokens: Command,
  verb: string,
  summary: string,
  end: (client: Client, account: number, id: number) => Promise<Message>,
): void {
  const command = addCommand(tokens, `${verb} <account> <token>`, {
    summary,
    examples: [`latchkey tokens ${verb} deploy laptop`, `latchkey tokens ${verb} 3 7`],
  });
  withConnection(withJson(command)).action(async (given: string, token: string, flags: Flags) => {
    const client = await connect(flags);
    const account = await serviceAccountId(client, given);
    const answer = await end(client, account, await tokenId(client, account, token));
    printChange(answer, token, flags);
  });
}
