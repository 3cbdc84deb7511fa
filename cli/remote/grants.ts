import type { Command } from 'commander';
import type { Message } from '../../client/shapes.ts';
import { addCommand, roleOption, withJson } from '../command.ts';
import { printChange } from '../output.ts';
import { connect, type ConnectionFlags, withConnection } from './connection.ts';
import { orgId, serviceAccountId } from './names.ts';

type Flags = ConnectionFlags & { json?: boolean };

/** `latchkey service-accounts grant-org` and `withdraw-org`. */
export function addGrants(accounts: Command): void {
  const grant = addCommand(accounts, 'grant-org <id|name> <org>', {
    summary: 'let a service account act in a further organization',
    examples: [
      'latchkey service-accounts grant-org deploy 2 --role Editor',
      'latchkey service-accounts grant-org deploy apiorg',
    ],
    more: 'Its tokens then act there when the request names that organization: --org 2, or the header X-Grafana-Org-Id.',
  }).addOption(roleOption('what it may do there').default('Viewer'));
  withConnection(withJson(grant)).action(
    async (given: string, org: string, flags: Flags & { role: string }) => {
      const client = await connect(flags);
      const id = await serviceAccountId(client, given);
      const body = { orgId: await orgId(client, org), role: flags.role };
      const answer = await client.request<Message>('POST', `/api/serviceaccounts/${id}/orgs`, body);
      printChange(answer, given, flags);
    },
  );

  const withdraw = addCommand(accounts, 'withdraw-org <id|name> <org>', {
    summary: 'no longer let a service account act in a further organization',
    examples: ['latchkey service-accounts withdraw-org deploy 2'],
  });
  withConnection(withJson(withdraw)).action(async (given: string, org: string, flags: Flags) => {
    const client = await connect(flags);
    const id = await serviceAccountId(client, given);
    const path = `/api/serviceaccounts/${id}/orgs/${await orgId(client, org)}`;
    const answer = await client.request<Message>('DELETE', path);
    printChange(answer, given, flags);
  });
}
