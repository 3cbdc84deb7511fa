import type { Command } from 'commander';
import { Option } from 'commander';
import type { Client, Credential } from '../../../client/client.ts';
import type { Message } from '../../../client/shapes.ts';
import { addCommand, withJson } from '../../command.ts';
import { usageFailure } from '../../failure.ts';
import { printChange, printJson, printTable, say, shortTime } from '../../output.ts';
import { OWN_NAME } from '../../own-name.ts';
import { type CloudFlags, connectCloud, withCloudConnection } from './connection.ts';
import { confirm, handOverToken } from './manners.ts';
import type { CloudKey, Issued, Items } from './shapes.ts';

type Flags = CloudFlags & { org?: string };

const ROLES = ['Viewer', 'Editor', 'Admin', 'MetricsPublisher', 'PluginPublisher'];

/** `latchkey cloud keys …` */
export function addCloudKeys(cloud: Command): void {
  const keys = addCommand(cloud, 'keys', {
    summary: 'cloud keys, each with a role in the whole organization',
    examples: [
      'latchkey cloud keys list',
      'latchkey cloud keys create ci --role Editor',
      'latchkey cloud keys delete ci',
    ],
  });
  addList(keys);
  addCreate(keys);
  addDelete(keys);
}

function addList(keys: Command): void {
  const list = addCommand(keys, 'list', {
    summary: "list the organization's cloud keys",
    examples: ['latchkey cloud keys list', 'latchkey cloud keys list --json | jq -r ".[].name"'],
  });
  withOrg(list).action(async (flags: Flags) => {
    const client = await connectCloud(flags);
    const { items } = await client.request<Items<CloudKey>>('GET', pathOf(client, flags));
    if (flags.json) return printJson(items);
    if (items.length === 0)
      return say(`There are no keys. "${OWN_NAME} cloud keys create NAME --role Viewer" makes one.`);
    printTable(
      [
        { title: 'ID', align: 'right' },
        { title: 'NAME', flexible: true },
        { title: 'ROLE' },
        { title: 'CREATED (UTC)' },
      ],
      items.map(({ id, name, role, createdAt }) => [String(id), name, role, shortTime(createdAt, '')]),
    );
  });
}

function addCreate(keys: Command): void {
  const create = addCommand(keys, 'create <name>', {
    summary: 'make a cloud key and print its secret, alone, on standard output',
    examples: [
      'latchkey cloud keys create ci --role Editor',
      'KEY=$(latchkey cloud keys create reader --role Viewer)',
    ],
    more: 'The secret is shown this once, and it does not expire. A token of an access policy can be for single stacks, and end by itself.',
  }).addOption(new Option('--role <role>', 'what it may do').choices(ROLES).makeOptionMandatory());
  withOrg(create).action(async (name: string, flags: Flags & { role: string }) => {
    const client = await connectCloud(flags);
    const issued = await client.request<Issued>('POST', pathOf(client, flags), { name, role: flags.role });
    handOverToken(issued, `a cloud key with the role ${flags.role}, which never expires`, flags);
  });
}

function addDelete(keys: Command): void {
  const remove = addCommand(keys, 'delete <name>', {
    summary: 'delete a cloud key, after asking; whoever uses it is refused at once',
    examples: ['latchkey cloud keys delete ci', 'latchkey cloud keys delete ci --yes'],
  }).option('--yes', 'do not ask');
  withOrg(remove).action(async (name: string, flags: Flags & { yes?: boolean }) => {
    const client = await connectCloud(flags);
    await confirm(`Delete the cloud key ${JSON.stringify(name)}? Whoever uses it is refused at once.`, flags);
    const path = `${pathOf(client, flags)}/${encodeURIComponent(name)}`;
    printChange(await client.request<Message>('DELETE', path), name, flags);
  });
}

function withOrg(command: Command): Command {
  return withCloudConnection(withJson(command)).option(
    '--org <slug>',
    'the cloud organization (default: the one of the credential)',
  );
}

function pathOf({ credential }: Client & { credential: Credential }, { org }: Flags): string {
  const known = org ?? orgIn(credential);
  if (known === undefined)
    throw usageFailure('this credential does not say which organization it is of', 'Give its slug by --org.');
  return `/api/orgs/${encodeURIComponent(known)}/api-keys`;
}

/** The number of the organization, which is written in the credential. */
function orgIn(credential: Credential): string | undefined {
  if (!('token' in credential)) return undefined;
  try {
    const { o } = JSON.parse(Buffer.from(credential.token.slice('glc_'.length), 'base64').toString());
    return typeof o === 'string' && o !== '' ? o : undefined;
  } catch {
    // Of another form; the caller asks for --org.
    return undefined;
  }
}
