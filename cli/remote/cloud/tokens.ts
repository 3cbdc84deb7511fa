import type { Command } from 'commander';
import { addCommand, lifeOption } from '../../command.ts';
import { EXIT, Failure } from '../../failure.ts';
import { print, printJson, printTable, say, shortTime } from '../../output.ts';
import { OWN_NAME } from '../../own-name.ts';
import { printable } from '../../text.ts';
import { connectCloud } from './connection.ts';
import { endOfLife } from '../secrets.ts';
import { confirm, handOverToken } from './manners.ts';
import {
  at,
  findPolicy,
  inRegions,
  listPolicies,
  pickPolicy,
  type RegionFlags,
  withRegion,
} from './policies.ts';
import type { Issued, PolicyToken } from './shapes.ts';

/** `latchkey cloud tokens …` */
export function addCloudTokens(cloud: Command): void {
  const tokens = addCommand(cloud, 'tokens', {
    summary: 'the tokens of access policies',
    examples: [
      'latchkey cloud tokens create ci pipeline --ttl 1M',
      'latchkey cloud tokens list ci',
      'latchkey cloud tokens delete ci pipeline',
    ],
  });
  addList(tokens);
  addCreate(tokens);
  addDelete(tokens);
}

function addList(tokens: Command): void {
  const list = addCommand(tokens, 'list [policy]', {
    summary: 'list the tokens of an access policy, or of all',
    examples: ['latchkey cloud tokens list ci', 'latchkey cloud tokens list --json'],
  });
  withRegion(list).action(async (policy: string | undefined, flags: RegionFlags) => {
    const client = await connectCloud(flags);
    const all = await inRegions<PolicyToken>(client, flags, '/api/v1/tokens');
    const policies = await listPolicies(client, flags);
    const owner = policy === undefined ? undefined : pickPolicy(policies, policy);
    const found = all.filter(({ accessPolicyId }) => owner === undefined || accessPolicyId === owner.id);
    if (flags.json) return printJson(found);
    if (found.length === 0)
      return say(`There are no tokens. "${OWN_NAME} cloud tokens create POLICY NAME" makes one.`);
    printTable(
      [
        { title: 'POLICY', flexible: true },
        { title: 'NAME', flexible: true },
        { title: 'REGION' },
        { title: 'EXPIRES (UTC)' },
        { title: 'CREATED (UTC)' },
        { title: 'ID' },
      ],
      found.map((token) => [
        policies.find(({ id }) => id === token.accessPolicyId)?.name ?? token.accessPolicyId,
        token.name,
        token.region,
        shortTime(token.expiresAt, 'never'),
        shortTime(token.createdAt, ''),
        token.id,
      ]),
    );
  });
}

function addCreate(tokens: Command): void {
  const create = addCommand(tokens, 'create <policy> <name>', {
    summary: 'issue a token and print its secret, alone, on standard output',
    examples: [
      'latchkey cloud tokens create ci pipeline --ttl 1M',
      'TOKEN=$(latchkey cloud tokens create ci pipeline)',
    ],
    more: 'The secret is shown this once. Several tokens of one policy can be good at the same time.',
  })
    .addOption(lifeOption())
    .option('--display-name <text>', 'what people read');
  withRegion(create).action(
    async (given: string, name: string, flags: RegionFlags & { ttl?: number; displayName?: string }) => {
      const client = await connectCloud(flags);
      const policy = await findPolicy(client, given, flags);
      const { ttl, displayName } = flags;
      const expiresAt = ttl === undefined ? undefined : new Date(Date.now() + ttl * 1000).toISOString();
      const issued = await client.request<Issued>('POST', at('/api/v1/tokens', policy.region), {
        accessPolicyId: policy.id,
        name,
        ...(displayName !== undefined && { displayName }),
        ...(expiresAt !== undefined && { expiresAt }),
      });
      const what = `a token of the access policy ${policy.name}, which ${endOfLife(expiresAt)}`;
      handOverToken(issued, what, flags);
    },
  );
}

function addDelete(tokens: Command): void {
  const remove = addCommand(tokens, 'delete <policy> <token>', {
    summary: 'delete a token, after asking; whoever uses it is refused at once',
    examples: ['latchkey cloud tokens delete ci pipeline', 'latchkey cloud tokens delete ci pipeline --yes'],
  }).option('--yes', 'do not ask');
  withRegion(remove).action(async (given: string, token: string, flags: RegionFlags & { yes?: boolean }) => {
    const client = await connectCloud(flags);
    const policy = await findPolicy(client, given, flags);
    const all = await inRegions<PolicyToken>(client, { ...flags, region: policy.region }, '/api/v1/tokens');
    const found = all.find(
      ({ accessPolicyId, id, name }) => accessPolicyId === policy.id && (id === token || name === token),
    );
    if (found === undefined)
      throw new Failure(
        EXIT.failure,
        `the access policy ${policy.name} has no token ${JSON.stringify(token)}`,
        {
          detail: `"${OWN_NAME} cloud tokens list ${policy.name}" shows what there is.`,
        },
      );
    await confirm(`Delete the token ${found.name} of the access policy ${policy.name}?`, flags);
    const answer = await client.request('DELETE', at(`/api/v1/tokens/${found.id}`, policy.region));
    if (flags.json) return printJson(answer);
    print(printable(`Token deleted: ${found.name}`));
  });
}
