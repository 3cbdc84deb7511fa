import type { Command } from 'commander';
import type { IssuedSecret } from '../../../client/shapes.ts';
import { addCommand, lifeOption, roleOption, withJson } from '../../command.ts';
import { handOver } from '../secrets.ts';
import { type CloudFlags, connectCloud, withCloudConnection } from './connection.ts';
import { pathOf } from './stack-path.ts';

/** `latchkey cloud stacks token` */
export function addToken(stacks: Command): void {
  const token = addCommand(stacks, 'token <id|slug> <name>', {
    summary: 'make a service account in a stack and print a token of it, alone, on standard output',
    examples: [
      'latchkey cloud stacks token my_stack ci --role Admin',
      'TOKEN=$(latchkey cloud stacks token my_stack ci --ttl 1M)',
    ],
    more: 'The secret is shown this once, and works at the address of the stack. Account and token have the same name.',
  })
    .addOption(roleOption('what the account may do').default('Viewer'))
    .addOption(lifeOption());
  withCloudConnection(withJson(token)).action(
    async (given: string, name: string, flags: CloudFlags & { role: string; ttl?: number }) => {
      const { role, ttl = 0 } = flags;
      const client = await connectCloud(flags);
      const accounts = `${pathOf(given)}/api/serviceaccounts`;
      const { id } = await client.request<{ id: number }>('POST', accounts, { name, role });
      const asked = { name, secondsToLive: ttl };
      const issued = await client
        .request<IssuedSecret>('POST', `${accounts}/${id}/tokens`, asked)
        .catch(async (error: unknown) => {
          // The same command is given again, and its name is to be free then.
          await client.request('DELETE', `${accounts}/${id}`);
          throw error;
        });
      handOver(issued, `a token of a new service account in ${given}, with the role ${role}`, flags);
    },
  );
}
