import type { Command } from 'commander';
import type { Client } from '../../client/client.ts';
import { readAll } from '../../client/pages.ts';
import type { Message, Org, OrgUser } from '../../client/shapes.ts';
import { addCommand, roleOption, withJson } from '../command.ts';
import { EXIT, Failure, usageFailure } from '../failure.ts';
import { printChange, printFields, printJson, printTable, printValue, say, shortTime } from '../output.ts';
import { agrees, canAsk } from '../prompt.ts';
import { printable } from '../text.ts';
import { connect, type ConnectionFlags, withConnection } from './connection.ts';
import { orgId } from './names.ts';

type Flags = ConnectionFlags & { json?: boolean };

/** `latchkey orgs …` */
export function addOrgs(program: Command): void {
  const orgs = addCommand(program, 'orgs', {
    summary: 'organizations and who is in them',
    examples: [
      'latchkey orgs list',
      'latchkey orgs create apiorg',
      'latchkey orgs add-user apiorg ann --role Editor',
    ],
  });
  addList(orgs);
  addCreate(orgs);
  addShow(orgs);
  addDelete(orgs);
  addUsers(orgs);
  addAddUser(orgs);
}

function addList(orgs: Command): void {
  const list = addCommand(orgs, 'list', {
    summary: 'list all organizations of the server',
    examples: ['latchkey orgs list', 'latchkey orgs list --json'],
  });
  withConnection(withJson(list)).action(async (flags: Flags) => {
    const client = await connect(flags);
    const found = await readAll<Org[], Org>(client, {
      path: '/api/orgs',
      first: 0,
      itemsOf: (page) => page,
      keyOf: ({ id }) => id,
    });
    if (flags.json) return printJson(found);
    printTable(
      [
        { title: 'ID', align: 'right' },
        { title: 'NAME', flexible: true },
      ],
      found.map(({ id, name }) => [String(id), name]),
    );
  });
}

function addCreate(orgs: Command): void {
  const create = addCommand(orgs, 'create <name>', {
    summary: 'make an organization and print its number, alone, on standard output',
    examples: [
      'latchkey orgs create apiorg',
      'latchkey keys create first --role Admin --org $(latchkey orgs create apiorg)',
    ],
    more: 'Whoever makes it becomes its Admin.',
  });
  withConnection(withJson(create)).action(async (name: string, flags: Flags) => {
    const client = await connect(flags);
    const made = await client.request<Message & { orgId: number }>('POST', '/api/orgs', { name });
    if (flags.json) return printJson(made);
    say(printable(`${made.message}: ${name}. Its number:`));
    printValue(made.orgId);
  });
}

function addShow(orgs: Command): void {
  const show = addCommand(orgs, 'show [id|name]', {
    summary: 'show an organization, or the one that is acted in',
    examples: ['latchkey orgs show', 'latchkey orgs show apiorg --json'],
  });
  withConnection(withJson(show)).action(async (given: string | undefined, flags: Flags) => {
    const client = await connect(flags);
    const path = given === undefined ? '/api/org' : `/api/orgs/${await orgId(client, given)}`;
    const org = await client.request<Org>('GET', path);
    if (flags.json) return printJson(org);
    printFields([
      ['Number', String(org.id)],
      ['Name', org.name],
    ]);
  });
}

function addDelete(orgs: Command): void {
  const remove = addCommand(orgs, 'delete <id|name>', {
    summary: 'delete an organization with everything in it, after asking',
    examples: ['latchkey orgs delete apiorg', 'latchkey orgs delete 2 --yes'],
  }).option('--yes', 'do not ask');
  withConnection(withJson(remove)).action(async (given: string, flags: Flags & { yes?: boolean }) => {
    const client = await connect(flags);
    const id = await orgId(client, given);
    if (!flags.yes) await confirmDeletion(client, id);
    const answer = await client.request<Message>('DELETE', `/api/orgs/${id}`);
    printChange(answer, given, flags);
  });
}

async function confirmDeletion(client: Client, id: number): Promise<void> {
  if (!canAsk())
    throw usageFailure(
      'there is no terminal to ask whether you are sure',
      'Add --yes to delete it without a question.',
    );
  const { name } = await client.request<Org>('GET', `/api/orgs/${id}`);
  const question = `Delete organization ${id}, ${printable(JSON.stringify(name))}, with its dashboards, keys and accounts?`;
  if (!(await agrees(question))) throw new Failure(EXIT.failure, 'nothing was deleted');
}

function addUsers(orgs: Command): void {
  const users = addCommand(orgs, 'users <org>', {
    summary: 'list the people of an organization',
    examples: ['latchkey orgs users 1', 'latchkey orgs users apiorg --json'],
  });
  withConnection(withJson(users)).action(async (org: string, flags: Flags) => {
    const client = await connect(flags);
    const found = await client.request<OrgUser[]>('GET', `/api/orgs/${await orgId(client, org)}/users`);
    if (flags.json) return printJson(found);
    printTable(
      [
        { title: 'ID', align: 'right' },
        { title: 'LOGIN', flexible: true },
        { title: 'EMAIL', flexible: true },
        { title: 'ROLE' },
        { title: 'LAST SEEN (UTC)' },
      ],
      found.map(({ userId, login, email, role, lastSeenAt }) => [
        String(userId),
        login,
        email,
        role,
        shortTime(lastSeenAt, 'never'),
      ]),
    );
  });
}

function addAddUser(orgs: Command): void {
  const addUser = addCommand(orgs, 'add-user <org> <login>', {
    summary: 'take a person, by login or email, into an organization',
    examples: ['latchkey orgs add-user apiorg ann --role Editor', 'latchkey orgs add-user 2 ann@example.org'],
  }).addOption(roleOption('what they may do there').default('Viewer'));
  withConnection(withJson(addUser)).action(
    async (org: string, login: string, flags: Flags & { role: string }) => {
      const client = await connect(flags);
      const body = { loginOrEmail: login, role: flags.role };
      const answer = await client.request<Message>(
        'POST',
        `/api/orgs/${await orgId(client, org)}/users`,
        body,
      );
      printChange(answer, login, flags);
    },
  );
}
