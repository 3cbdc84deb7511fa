import type { Command } from 'commander';
import type { Client } from '../../client/client.ts';
import type { ApiKey, IssuedSecret, Message } from '../../client/shapes.ts';
import { addCommand, lifeOption, roleOption, withJson } from '../command.ts';
import { printChange, printJson, printTable, say, shortTime } from '../output.ts';
import { OWN_NAME } from '../own-name.ts';
import { connect, type ConnectionFlags, withConnection } from './connection.ts';
import { addInventory } from './key-inventory.ts';
import { addMigrate, addRevert } from './key-migration.ts';
import { keyId, listKeys } from './names.ts';
import { handOver, stateOf } from './secrets.ts';

type Flags = ConnectionFlags & { json?: boolean };

/** `latchkey keys …` */
export function addKeys(program: Command): void {
  const keys = addCommand(program, 'keys', {
    summary: 'API keys of the older kind, each with a role of its own',
    examples: [
      'latchkey keys list',
      'latchkey keys create ci --role Viewer --ttl 12h',
      'latchkey keys revoke ci',
      'latchkey keys migrate --all --dry-run',
    ],
  });
  addList(keys);
  addCreate(keys);
  addEnd(keys, 'revoke', 'refuse a key from now on; it stays in the list', (client, id) =>
    client.request('POST', `/api/auth/keys/${id}/revoke`),
  );
  addEnd(keys, 'delete', 'delete a key; whoever uses it is refused at once', (client, id) =>
    client.request('DELETE', `/api/auth/keys/${id}`),
  );
  addMigrate(keys);
  addRevert(keys);
  addInventory(keys);
}

function addList(keys: Command): void {
  const list = addCommand(keys, 'list', {
    summary: "list the organization's keys",
    examples: ['latchkey keys list', 'latchkey keys list --expired --json | jq -r ".[].name"'],
  });
  withConnection(withJson(list.option('--expired', 'expired ones as well'))).action(
    async (flags: Flags & { expired?: boolean }) => {
      const found = await listKeys(await connect(flags), { expired: flags.expired === true });
      if (flags.json) return printJson(found);
      printKeys(found);
    },
  );
}

function printKeys(keys: readonly ApiKey[]): void {
  if (keys.length === 0)
    return say(`There are no keys. "${OWN_NAME} keys create NAME --role Viewer" makes one.`);
  printTable(
    [
      { title: 'ID', align: 'right' },
      { title: 'NAME', flexible: true },
      { title: 'ROLE' },
      { title: 'EXPIRES (UTC)' },
      { title: 'LAST USED (UTC)' },
      { title: 'STATE' },
    ],
    keys.map((key) => [
      String(key.id),
      key.name,
      key.role,
      shortTime(key.expiration, 'never'),
      shortTime(key.lastUsedAt, 'never'),
      stateOf(key),
    ]),
  );
}

function addCreate(keys: Command): void {
  const create = addCommand(keys, 'create <name>', {
    summary: 'make a key and print its secret, alone, on standard output',
    examples: [
      'latchkey keys create ci --role Viewer --ttl 12h',
      'KEY=$(latchkey keys create deploy --role Editor)',
    ],
    more: 'The secret is shown this once. Where a service account will do, prefer one: its tokens can be changed in turn.',
  });
  create.addOption(roleOption('what it may do').makeOptionMandatory()).addOption(lifeOption());
  withConnection(withJson(create)).action(
    async (name: string, flags: Flags & { role: string; ttl?: number }) => {
      const client = await connect(flags);
      const body = {
        name,
        role: flags.role,
        ...(flags.ttl === undefined ? {} : { secondsToLive: flags.ttl }),
      };
      const issued = await client.request<IssuedSecret>('POST', '/api/auth/keys', body);
      handOver(issued, `key ${issued.id} with the role ${flags.role}`, flags);
    },
  );
}

function addEnd(
  keys: Command,
  verb: string,
  summary: string,
  end: (client: Client, id: number) => Promise<Message>,
): void {
  const command = addCommand(keys, `${verb} <id|name>`, {
    summary,
    examples: [`latchkey keys ${verb} ci`, `latchkey keys ${verb} 3`],
  });
  withConnection(withJson(command)).action(async (key: string, flags: Flags) => {
    const client = await connect(flags);
    const answer = await end(client, await keyId(client, key));
    printChange(answer, key, flags);
  });
}
