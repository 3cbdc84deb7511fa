import type { Command } from 'commander';
import { addCommand } from './command.ts';
import { addCloudInit } from './local/cloud.ts';
import { addCloudKeys } from './remote/cloud/keys.ts';
import { addCloudLogin, addCloudLogout } from './remote/cloud/login.ts';
import { addPolicies } from './remote/cloud/policies.ts';
import { addRegions } from './remote/cloud/regions.ts';
import { addStacks } from './remote/cloud/stacks.ts';
import { addCloudTokens } from './remote/cloud/tokens.ts';

/** `latchkey cloud …` */
export function addCloud(program: Command): void {
  const cloud = addCommand(program, 'cloud', {
    summary: 'stacks, and the cloud keys and policies that manage them',
    examples: ['latchkey cloud init --org acme', 'latchkey cloud stacks create my_stack --wait'],
    more:
      'The cloud side is an API of its own, where [cloud] is enabled: at [cloud] http_port, with credentials of its own (glc_…). ' +
      'Options come first (--url, --token), then LATCHKEY_CLOUD_URL and LATCHKEY_CLOUD_TOKEN, then, where GRAFANA_CLOUD_API_URL is set, ' +
      'GRAFANA_CLOUD_ACCESS_POLICY_TOKEN or GRAFANA_CLOUD_API_KEY as Terraform has them, then what "latchkey cloud login" saved.',
  });
  cloud.commandsGroup("On the server's machine:");
  addCloudInit(cloud);
  cloud.commandsGroup('Over HTTP, from anywhere:');
  addCloudLogin(cloud);
  addCloudLogout(cloud);
  addStacks(cloud);
  addRegions(cloud);
  addCloudKeys(cloud);
  addPolicies(cloud);
  addCloudTokens(cloud);
}
