import type { Command } from 'commander';
import type { Message, OrgGrant, ServiceAccount } from '../../client/shapes.ts';
import { addCommand, roleOption, withJson } from '../command.ts';
import { usageFailure } from '../failure.ts';
import { printChange, printFields, printJson, printTable, printValue, say } from '../output.ts';
import { OWN_NAME } from '../own-name.ts';
import { printable } from '../text.ts';
import { connect, type ConnectionFlags, withConnection } from './connection.ts';
import { addGrants } from './grants.ts';
import { listServiceAccounts, serviceAccountId } from './names.ts';

type Flags = ConnectionFlags & { json?: boolean };
type Changes = { name?: string; role?: string; disable?: true; enable?: true };

/** `latchkey service-accounts …` */
export function addServiceAccounts(program: Command): void {
  const accounts = addCommand(program, 'service-accounts', {
    summary: 'users that are programs: they have a role, and tokens to sign in with',
    examples: [
      'latchkey service-accounts create deploy --role Editor',
      'latchkey service-accounts list --query dep',
      'latchkey service-accounts set deploy --disable',
    ],
  }).alias('sa');
  addList(accounts);
  addCreate(accounts);
  addShow(accounts);
  addSet(accounts);
  addDelete(accounts);
  addGrants(accounts);
}

function addList(accounts: Command): void {
  const list = addCommand(accounts, 'list', {
    summary: "list the organization's service accounts",
    examples: ['latchkey service-accounts list', 'latchkey service-accounts list --query deploy --json'],
  }).option('--query <text>', 'only those whose name holds this text');
  withConnection(withJson(list)).action(async (flags: Flags & { query?: string }) => {
    const found = await listServiceAccounts(await connect(flags), flags.query);
    if (flags.json) return printJson(found);
    printAccounts(found);
  });
}

function printAccounts(accounts: readonly ServiceAccount[]): void {
  if (accounts.length === 0)
    return say(`There are none. "${OWN_NAME} service-accounts create NAME" makes one.`);
  printTable(
    [
      { title: 'ID', align: 'right' },
      { title: 'NAME', flexible: true },
      { title: 'LOGIN', flexible: true },
      { title: 'ROLE' },
      { title: 'TOKENS', align: 'right' },
      { title: 'STATE' },
    ],
    accounts.map(({ id, name, login, role, tokens, isDisabled }) => [
      String(id),
      name,
      login,
      role,
      String(tokens),
      isDisabled ? 'disabled' : 'enabled',
    ]),
  );
}

function addCreate(accounts: Command): void {
  const create = addCommand(accounts, 'create <name>', {
    summary: 'make a service account and print its number, alone, on standard output',
    examples: [
      'latchkey service-accounts create deploy --role Editor',
      'latchkey tokens create $(latchkey service-accounts create ci) first',
    ],
  }).addOption(roleOption('what it may do').default('Viewer'));
  withConnection(withJson(create)).action(async (name: string, flags: Flags & { role: string }) => {
    const client = await connect(flags);
    const made = await client.request<ServiceAccount>('POST', '/api/serviceaccounts', {
      name,
      role: flags.role,
    });
    if (flags.json) return printJson(made);
    say(
      printable(
        `Made the service account ${JSON.stringify(made.name)} with the role ${made.role}. Its number:`,
      ),
    );
    printValue(made.id);
  });
}

function addShow(accounts: Command): void {
  const show = addCommand(accounts, 'show <id|name>', {
    summary: 'show one service account, with the organizations it may act in',
    examples: ['latchkey service-accounts show deploy', 'latchkey service-accounts show 3 --json'],
  });
  withConnection(withJson(show)).action(async (given: string, flags: Flags) => {
    const client = await connect(flags);
    const id = await serviceAccountId(client, given);
    const account = await client.request<ServiceAccount>('GET', `/api/serviceaccounts/${id}`);
    const orgs = await client.request<OrgGrant[]>('GET', `/api/serviceaccounts/${id}/orgs`);
    if (flags.json) return printJson({ ...account, orgs });
    printFields([
      ['Number', String(account.id)],
      ['Name', account.name],
      ['Login', account.login],
      ['State', account.isDisabled ? 'disabled' : 'enabled'],
      ['Tokens', String(account.tokens)],
      ['Role', `${account.role} in organization ${account.orgId}`],
      ...orgs.map((org) => ['And', `${org.role} in organization ${org.orgId}, ${org.name}`] as const),
    ]);
  });
}

function addSet(accounts: Command): void {
  const set = addCommand(accounts, 'set <id|name>', {
    summary: 'change a service account; its tokens obey at once',
    examples: [
      'latchkey service-accounts set deploy --role Viewer',
      'latchkey service-accounts set deploy --disable',
      'latchkey service-accounts set 3 --name deployer --enable',
    ],
  })
    .option('--name <name>', 'its new name')
    .addOption(roleOption('its new role'))
    .option('--disable', 'refuse all its tokens until it is enabled again')
    .option('--enable', 'accept its tokens again');
  withConnection(withJson(set)).action(async (given: string, flags: Flags & Changes) => {
    const body = changesIn(flags);
    const client = await connect(flags);
    const id = await serviceAccountId(client, given);
    const answer = await client.request<Message>('PATCH', `/api/serviceaccounts/${id}`, body);
    printChange(answer, given, flags);
  });
}

function changesIn({ name, role, disable, enable }: Changes): object {
  if (disable && enable) throw usageFailure('give one of --disable and --enable');
  const isDisabled = disable === true ? true : enable === true ? false : undefined;
  if (name === undefined && role === undefined && isDisabled === undefined) {
    throw usageFailure(
      'there is nothing to change',
      'Give one or more of --name, --role, --disable and --enable.',
    );
  }
  return { name, role, isDisabled };
}

function addDelete(accounts: Command): void {
  const remove = addCommand(accounts, 'delete <id|name>', {
    summary: 'delete a service account with all its tokens, which are refused at once',
    examples: ['latchkey service-accounts delete deploy', 'latchkey service-accounts delete 3'],
  });
  withConnection(withJson(remove)).action(async (given: string, flags: Flags) => {
    const client = await connect(flags);
    const id = await serviceAccountId(client, given);
    const answer = await client.request<Message>('DELETE', `/api/serviceaccounts/${id}`);
    printChange(answer, given, flags);
  });
}
