import type { Command } from 'commander';
import type { Client } from '../../../client/client.ts';
import { addCommand, withJson } from '../../command.ts';
import { printJson, printTable } from '../../output.ts';
import { type CloudFlags, connectCloud, withCloudConnection } from './connection.ts';
import type { Items, Region } from './shapes.ts';

/** `latchkey cloud regions` */
export function addRegions(cloud: Command): void {
  const regions = addCommand(cloud, 'regions', {
    summary: 'list the regions that stacks and access policies are in',
    examples: ['latchkey cloud regions', 'latchkey cloud regions --json | jq -r ".[].slug"'],
    more: 'The first is where a stack or policy is made without --region.',
  });
  withCloudConnection(withJson(regions)).action(async (flags: CloudFlags) => {
    const found = await listRegions(await connectCloud(flags));
    if (flags.json) return printJson(found);
    printTable(
      [
        { title: 'REGION' },
        { title: 'NAME', flexible: true },
        { title: 'PROVIDER' },
        { title: 'DESCRIPTION', flexible: true },
      ],
      found.map(({ slug, name, provider, description }) => [slug, name, provider, description]),
    );
  });
}

export async function listRegions(client: Client): Promise<Region[]> {
  return (await client.request<Items<Region>>('GET', '/api/stack-regions')).items;
}
