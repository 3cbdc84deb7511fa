import type { Command } from 'commander';
import { addCommand, withJson } from '../../command.ts';
import { usageFailure } from '../../failure.ts';
import { printFields, printJson, printTable, printValue, say, shortTime } from '../../output.ts';
import { OWN_NAME } from '../../own-name.ts';
import { printable } from '../../text.ts';
import { type CloudFlags, connectCloud, withCloudConnection } from './connection.ts';
import { gather } from './manners.ts';
import type { Items, Stack } from './shapes.ts';
import { pathOf } from './stack-path.ts';
import { addDelete, addRestore, addResume, addSuspend } from './stack-states.ts';
import { addToken } from './stack-token.ts';
import { waitForStack, withWait } from './waiting.ts';

interface Changes {
  name?: string;
  slug?: string;
  url?: string;
  stackUrl?: string;
  description?: string;
  label?: string[];
  deleteProtection?: boolean;
}

/** `latchkey cloud stacks …` */
export function addStacks(cloud: Command): void {
  const stacks = addCommand(cloud, 'stacks', {
    summary: 'stacks, each a Latchkey of its own',
    examples: [
      'latchkey cloud stacks list',
      'latchkey cloud stacks create my_stack --wait',
      'latchkey cloud stacks delete my_stack',
    ],
  });
  addList(stacks);
  addShow(stacks);
  addCreate(stacks);
  addUpdate(stacks);
  addSuspend(stacks);
  addResume(stacks);
  addDelete(stacks);
  addRestore(stacks);
  addToken(stacks);
}

function addList(stacks: Command): void {
  const list = addCommand(stacks, 'list', {
    summary: 'list the stacks that the credential may reach',
    examples: [
      'latchkey cloud stacks list',
      'latchkey cloud stacks list --deleted',
      'latchkey cloud stacks list --json | jq -r ".[].url"',
    ],
  }).option('--deleted', 'those that "restore" can bring back, instead of those that are there');
  withCloudConnection(withJson(list)).action(async (flags: CloudFlags & { deleted?: boolean }) => {
    const client = await connectCloud(flags);
    const path = `/api/instances${flags.deleted ? '?deleted=true' : ''}`;
    const { items } = await client.request<Items<Stack>>('GET', path);
    if (flags.json) return printJson(items);
    if (items.length === 0 && flags.deleted) return say('There are no deleted stacks that are kept.');
    if (items.length === 0)
      return say(`There are no stacks. "${OWN_NAME} cloud stacks create SLUG" makes one.`);
    printTable(
      [
        { title: 'ID', align: 'right' },
        { title: 'SLUG', flexible: true },
        { title: 'NAME', flexible: true },
        { title: 'REGION' },
        { title: 'STATE' },
        { title: 'URL', flexible: true },
      ],
      items.map((stack) => [
        String(stack.id),
        stack.slug,
        stack.name,
        stack.regionSlug,
        stateOf(stack),
        stack.url,
      ]),
    );
  });
}

function addShow(stacks: Command): void {
  const show = addCommand(stacks, 'show <id|slug>', {
    summary: 'show a stack',
    examples: ['latchkey cloud stacks show my_stack', 'latchkey cloud stacks show 1 --json'],
  });
  withCloudConnection(withJson(show)).action(async (stack: string, flags: CloudFlags) => {
    const client = await connectCloud(flags);
    printStack(await client.request<Stack>('GET', pathOf(stack)), flags);
  });
}

function addCreate(stacks: Command): void {
  const create = addCommand(stacks, 'create <slug>', {
    summary: 'make a stack and print its address, alone, on standard output',
    examples: [
      'latchkey cloud stacks create my_stack --label team=a --wait',
      'URL=$(latchkey cloud stacks create my_stack --region eu)',
    ],
    more: 'A slug is lower case letters, digits, _ and -, and begins with a letter.',
  }).option('--region <slug>', 'where it is (default: the first of "latchkey cloud regions")');
  withWait(withCloudConnection(withJson(withChanges(create)))).action(
    async (slug: string, flags: CloudFlags & Changes & { region?: string; wait?: boolean }) => {
      const client = await connectCloud(flags);
      const { name = slug, region } = flags;
      const body = { ...changesIn({ ...flags, name }), slug, ...(region !== undefined && { region }) };
      const made = await client.request<Stack>('POST', '/api/instances', body);
      if (!flags.json) say(printable(`Made stack ${made.id}, ${made.slug}, in ${made.regionSlug}.`));
      if (flags.wait) await waitForStack(client, made);
      if (flags.json) return printJson(made);
      say(printable(`Its first token: ${OWN_NAME} cloud stacks token ${made.slug} NAME --role Admin`));
      say('Its address:');
      printValue(made.url);
    },
  );
}

function addUpdate(stacks: Command): void {
  const update = addCommand(stacks, 'update <id|slug>', {
    summary: 'change what is given of a stack',
    examples: [
      'latchkey cloud stacks update my_stack --name "Our stack"',
      'latchkey cloud stacks update my_stack --no-delete-protection',
    ],
    more: 'Labels are replaced by those that are given, all together. The region of a stack cannot change.',
  }).option('--slug <slug>', 'another slug; its address may change with it');
  withCloudConnection(withJson(withChanges(update))).action(
    async (given: string, flags: CloudFlags & Changes) => {
      const body = { ...changesIn(flags), ...(flags.slug !== undefined && { slug: flags.slug }) };
      if (Object.keys(body).length === 0)
        throw usageFailure(
          'nothing to change is given',
          'Add --name, --slug, --stack-url, --description, --label or --delete-protection.',
        );
      const client = await connectCloud(flags);
      printStack(await client.request<Stack>('POST', pathOf(given), body), flags);
    },
  );
}

function withChanges(command: Command): Command {
  return command
    .option('--name <name>', 'what people read')
    .option('--description <text>', 'what it is for')
    .option('--label <name=value>', 'a label; may be given several times', gather)
    .option('--stack-url <url>', 'the address it is to have: see docs/stacks.md')
    .option('--delete-protection', 'refuse to delete it')
    .option('--no-delete-protection', 'let it be deleted');
}

function changesIn({
  name,
  description,
  label,
  stackUrl,
  deleteProtection,
}: Changes): Record<string, unknown> {
  return {
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
    ...(label !== undefined && { labels: labelsIn(label) }),
    ...(stackUrl !== undefined && { url: stackUrl }),
    ...(deleteProtection !== undefined && { deleteProtection }),
  };
}

function labelsIn(given: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    given.map((text) => {
      const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
      if (name === undefined || value === undefined)
        throw usageFailure(`${JSON.stringify(text)} is no label`, 'Write it as --label name=value.');
      return [name, value];
    }),
  );
}

function printStack(stack: Stack, { json }: { json?: boolean }): void {
  if (json) return printJson(stack);
  printFields([
    ['Number', String(stack.id)],
    ['Slug', stack.slug],
    ['Name', stack.name],
    ['Address', stack.url],
    ['State', stateOf(stack)],
    ['Region', stack.regionSlug],
    ['Organization', stack.orgSlug],
    ['Description', stack.description],
    [
      'Labels',
      Object.entries(stack.labels)
        .map(([name, value]) => `${name}=${value}`)
        .join(', '),
    ],
    ['Delete protection', stack.deleteProtection ? 'yes' : 'no'],
    ['Created (UTC)', `${shortTime(stack.createdAt, '')} by ${stack.createdBy}`],
  ]);
}

// Grafana: "paused" on the wire is what the commands call suspended.
function stateOf({ status }: Stack): string {
  return status === 'paused' ? 'suspended' : status;
}
