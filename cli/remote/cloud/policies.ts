import type { Command } from 'commander';
import type { Client } from '../../../client/client.ts';
import { addCommand, withJson } from '../../command.ts';
import { EXIT, Failure, usageFailure } from '../../failure.ts';
import { print, printFields, printJson, printTable, printValue, say, shortTime } from '../../output.ts';
import { OWN_NAME } from '../../own-name.ts';
import { printable } from '../../text.ts';
import { type CloudFlags, connectCloud, withCloudConnection } from './connection.ts';
import { confirm, gather } from './manners.ts';
import { listRegions } from './regions.ts';
import type { Items, Policy, Realm } from './shapes.ts';

export type RegionFlags = CloudFlags & { region?: string };

export type Placed<T> = T & { region: string };

interface Changes {
  displayName?: string;
  scope?: string[];
  realm?: string[];
  subnet?: string[];
  anyAddress?: boolean;
}

/** `latchkey cloud policies …` */
export function addPolicies(cloud: Command): void {
  const policies = addCommand(cloud, 'policies', {
    summary: 'access policies: which scopes, for which stacks, from where',
    examples: [
      'latchkey cloud policies list',
      'latchkey cloud policies create ci --scope stacks:read --realm stack:my_stack',
      'latchkey cloud tokens create ci pipeline --ttl 1M',
    ],
  });
  addList(policies);
  addShow(policies);
  addCreate(policies);
  addUpdate(policies);
  addDelete(policies);
}

function addList(policies: Command): void {
  const list = addCommand(policies, 'list', {
    summary: "list the organization's access policies",
    examples: ['latchkey cloud policies list', 'latchkey cloud policies list --region eu --json'],
  });
  withRegion(list).action(async (flags: RegionFlags) => {
    const found = await listPolicies(await connectCloud(flags), flags);
    if (flags.json) return printJson(found);
    if (found.length === 0)
      return say(`There are no policies. "${OWN_NAME} cloud policies create --help" says how to make one.`);
    printTable(
      [
        { title: 'NAME', flexible: true },
        { title: 'REGION' },
        { title: 'SCOPES', flexible: true },
        { title: 'REALMS', flexible: true },
        { title: 'FROM', flexible: true },
        { title: 'ID' },
      ],
      found.map((policy) => [
        policy.name,
        policy.region,
        policy.scopes.join(' '),
        realmsOf(policy),
        addressesOf(policy),
        policy.id,
      ]),
    );
  });
}

function addShow(policies: Command): void {
  const show = addCommand(policies, 'show <id|name>', {
    summary: 'show an access policy',
    examples: ['latchkey cloud policies show ci', 'latchkey cloud policies show ci --json | jq .scopes'],
  });
  withRegion(show).action(async (given: string, flags: RegionFlags) => {
    printPolicy(await findPolicy(await connectCloud(flags), given, flags), flags);
  });
}

function addCreate(policies: Command): void {
  const create = addCommand(policies, 'create <name>', {
    summary: 'make an access policy and print its id, alone, on standard output',
    examples: [
      'latchkey cloud policies create reader --scope stacks:read --realm org:acme',
      'latchkey cloud policies create ci --scope stacks:write --realm stack:mine',
    ],
    more: 'It lets nobody in by itself: "latchkey cloud tokens create" makes tokens of it. Nobody hands out a scope that they do not hold.',
  });
  withRegion(withChanges(create)).action(async (name: string, flags: RegionFlags & Changes) => {
    if (flags.scope === undefined || flags.realm === undefined)
      throw usageFailure(
        'a policy needs at least one --scope and one --realm',
        'As in --scope stacks:read --realm stack:my_stack.',
      );
    const client = await connectCloud(flags);
    const region = flags.region ?? (await listRegions(client))[0]?.slug ?? '';
    const made = await client.request<Policy>('POST', at('/api/v1/accesspolicies', region), {
      name,
      ...changesIn(flags),
    });
    if (flags.json) return printJson({ ...made, region });
    say(printable(`Made the access policy ${made.name} in ${region}. Its id:`));
    printValue(made.id);
  });
}

function addUpdate(policies: Command): void {
  const update = addCommand(policies, 'update <id|name>', {
    summary: 'change an access policy; the next request of each of its tokens obeys',
    examples: [
      'latchkey cloud policies update ci --scope stacks:read --scope stacks:write',
      'latchkey cloud policies update ci --any-address',
    ],
    more: 'Scopes, realms and subnets are each replaced by those that are given, all together.',
  }).option('--any-address', 'take away all subnets');
  withRegion(withChanges(update)).action(async (given: string, flags: RegionFlags & Changes) => {
    if (flags.anyAddress && flags.subnet !== undefined)
      throw usageFailure('give one of --subnet and --any-address');
    const body = changesIn(flags);
    if (Object.keys(body).length === 0)
      throw usageFailure(
        'nothing to change is given',
        'Add --scope, --realm, --subnet, --any-address or --display-name.',
      );
    const client = await connectCloud(flags);
    const { id, region } = await findPolicy(client, given, flags);
    const changed = await client.request<Policy>('POST', at(`/api/v1/accesspolicies/${id}`, region), body);
    printPolicy({ ...changed, region }, flags);
  });
}

function addDelete(policies: Command): void {
  const remove = addCommand(policies, 'delete <id|name>', {
    summary: 'delete an access policy with its tokens, after asking',
    examples: ['latchkey cloud policies delete ci', 'latchkey cloud policies delete ci --yes'],
    more: 'Whoever uses one of its tokens is refused at once.',
  }).option('--yes', 'do not ask');
  withRegion(remove).action(async (given: string, flags: RegionFlags & { yes?: boolean }) => {
    const client = await connectCloud(flags);
    const { id, name, region } = await findPolicy(client, given, flags);
    await confirm(`Delete the access policy ${name} in ${region}, with its tokens?`, flags);
    const answer = await client.request('DELETE', at(`/api/v1/accesspolicies/${id}`, region));
    if (flags.json) return printJson(answer);
    print(printable(`Access policy deleted: ${name}`));
  });
}

/** Gives a command the region that a policy is in. */
export function withRegion(command: Command): Command {
  return withCloudConnection(withJson(command)).option(
    '--region <slug>',
    'the region of the policy (default: all, and to make one the first)',
  );
}

/** A path with the region that it is about. */
export function at(path: string, region: string): string {
  return `${path}?region=${encodeURIComponent(region)}`;
}

/** What there is in the region that is asked for, or in all of them. */
export async function inRegions<T>(
  client: Client,
  { region }: RegionFlags,
  path: string,
): Promise<Placed<T>[]> {
  const regions = region === undefined ? (await listRegions(client)).map(({ slug }) => slug) : [region];
  const found: Placed<T>[] = [];
  for (const each of regions) {
    const { items } = await client.request<Items<T>>('GET', at(path, each));
    found.push(...items.map((item) => ({ ...item, region: each })));
  }
  return found;
}

/** The policy that was given by id or name. Throws a Failure where there is none, or one in each of several regions. */
export async function findPolicy(client: Client, given: string, flags: RegionFlags): Promise<Placed<Policy>> {
  return pickPolicy(await listPolicies(client, flags), given);
}

/** The same out of a list. */
export function pickPolicy(policies: readonly Placed<Policy>[], given: string): Placed<Policy> {
  const found = policies.filter(({ id, name }) => id === given || name === given);
  const [first, second] = found;
  if (first !== undefined && second === undefined) return first;
  if (first === undefined) {
    throw new Failure(EXIT.failure, `there is no access policy ${JSON.stringify(given)}`, {
      detail: `"${OWN_NAME} cloud policies list" shows what there is.`,
    });
  }
  throw usageFailure(
    `there is an access policy ${given} in each of ${found.map(({ region }) => region).join(', ')}`,
    'Say which by --region.',
  );
}

export function listPolicies(client: Client, flags: RegionFlags): Promise<Placed<Policy>[]> {
  return inRegions<Policy>(client, flags, '/api/v1/accesspolicies');
}

function withChanges(command: Command): Command {
  return command
    .option('--scope <scope>', 'what it may, as in stacks:read; may be given several times', gather)
    .option('--realm <realm>', 'for what: org:SLUG or stack:SLUG; may be given several times', gather)
    .option('--subnet <range>', 'from where, as in 10.0.0.0/8; may be given several times', gather)
    .option('--display-name <text>', 'what people read');
}

function changesIn({ displayName, scope, realm, subnet, anyAddress }: Changes): Record<string, unknown> {
  const allowedSubnets = anyAddress ? [] : subnet;
  return {
    ...(displayName !== undefined && { displayName }),
    ...(scope !== undefined && { scopes: scope }),
    ...(realm !== undefined && { realms: realm.map(realmIn) }),
    ...(allowedSubnets !== undefined && { conditions: { allowedSubnets } }),
  };
}

function realmIn(text: string): Realm {
  const [, type, identifier] = /^(org|stack):(.+)$/s.exec(text) ?? [];
  if (type === undefined || identifier === undefined)
    throw usageFailure(`${JSON.stringify(text)} is no realm`, 'Write it as org:SLUG or stack:SLUG.');
  return { type, identifier };
}

function printPolicy(policy: Placed<Policy>, { json }: { json?: boolean }): void {
  if (json) return printJson(policy);
  printFields([
    ['Id', policy.id],
    ['Name', policy.name],
    ['Shown as', policy.displayName],
    ['Region', policy.region],
    ['Scopes', policy.scopes.join(' ')],
    ['Realms', realmsOf(policy)],
    ['From', addressesOf(policy)],
    ['Created (UTC)', shortTime(policy.createdAt, '')],
  ]);
}

function realmsOf({ realms }: Policy): string {
  return realms.map(({ type, identifier }) => `${type}:${identifier}`).join(' ');
}

function addressesOf({ conditions }: Policy): string {
  return conditions?.allowedSubnets.join(' ') ?? 'anywhere';
}
