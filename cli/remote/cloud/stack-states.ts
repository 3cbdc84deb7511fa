import type { Command } from 'commander';
import type { Client } from '../../../client/client.ts';
import { addCommand, withJson } from '../../command.ts';
import { usageFailure } from '../../failure.ts';
import { print, printJson, say } from '../../output.ts';
import { OWN_NAME } from '../../own-name.ts';
import { printable } from '../../text.ts';
import { type CloudFlags, connectCloud, withCloudConnection } from './connection.ts';
import { confirm } from './manners.ts';
import type { Stack } from './shapes.ts';
import { pathOf } from './stack-path.ts';
import { waitForStack, withWait } from './waiting.ts';

/** `latchkey cloud stacks suspend` */
export function addSuspend(stacks: Command): void {
  const suspend = addCommand(stacks, 'suspend <id|slug>', {
    summary: 'let nobody into a stack any more; it keeps all it has',
    examples: ['latchkey cloud stacks suspend my_stack'],
  });
  withCloudConnection(withJson(suspend)).action(async (given: string, flags: CloudFlags) => {
    const client = await connectCloud(flags);
    const stack = await client.request<Stack>('POST', `${pathOf(given)}/suspend`);
    if (flags.json) return printJson(stack);
    print(printable(`Suspended: ${stack.slug}`));
    say(printable(`"${OWN_NAME} cloud stacks resume ${stack.slug}" lets people in again.`));
  });
}

/** `latchkey cloud stacks resume` */
export function addResume(stacks: Command): void {
  const resume = addCommand(stacks, 'resume <id|slug>', {
    summary: 'let people into a suspended stack again',
    examples: ['latchkey cloud stacks resume my_stack --wait'],
  });
  withWait(withCloudConnection(withJson(resume))).action(
    async (given: string, flags: CloudFlags & { wait?: boolean }) => {
      const client = await connectCloud(flags);
      const stack = await client.request<Stack>('POST', `${pathOf(given)}/resume`);
      await tellOfReturn(client, stack, 'Resumed', flags);
    },
  );
}

/** `latchkey cloud stacks delete` */
export function addDelete(stacks: Command): void {
  const remove = addCommand(stacks, 'delete <id|slug>', {
    summary: 'delete a stack, after asking; its data is kept for a while',
    examples: ['latchkey cloud stacks delete my_stack', 'latchkey cloud stacks delete my_stack --yes'],
    more: 'It is gone for everybody at once. Until [cloud] keep_deleted_for is over it can be brought back by its number, which this prints.',
  }).option('--yes', 'do not ask');
  withCloudConnection(withJson(remove)).action(
    async (given: string, flags: CloudFlags & { yes?: boolean }) => {
      const client = await connectCloud(flags);
      const { id, slug, name } = await client.request<Stack>('GET', pathOf(given));
      await confirm(
        `Delete stack ${id}, ${slug} (${JSON.stringify(name)})? Nobody reaches it any more.`,
        flags,
      );
      // By its number: another may have the slug by now.
      const deleted = await client.request<Stack>('DELETE', pathOf(String(id)));
      if (flags.json) return printJson(deleted);
      print(printable(`Deleted: ${slug}, which was stack ${id}`));
      say(`"${OWN_NAME} cloud stacks restore ${id}" brings it back while its data is kept.`);
    },
  );
}

/** `latchkey cloud stacks restore` */
export function addRestore(stacks: Command): void {
  const restore = addCommand(stacks, 'restore <id>', {
    summary: 'bring back a deleted stack, with its keys, while its data is kept',
    examples: ['latchkey cloud stacks restore 3 --wait'],
    more: 'Its number is what "delete" printed and "list --deleted" shows: another stack may have its slug by now. It may get another port.',
  });
  withWait(withCloudConnection(withJson(restore))).action(
    async (given: string, flags: CloudFlags & { wait?: boolean }) => {
      if (!/^\d+$/.test(given))
        throw usageFailure(
          'a deleted stack is named by its number',
          '"cloud stacks list --deleted" shows it.',
        );
      const client = await connectCloud(flags);
      const stack = await client.request<Stack>('POST', `${pathOf(given)}/restore`);
      await tellOfReturn(client, stack, 'Restored', flags);
    },
  );
}

async function tellOfReturn(
  client: Client,
  stack: Stack,
  what: string,
  { wait, json }: { wait?: boolean; json?: boolean },
): Promise<void> {
  if (wait) await waitForStack(client, stack);
  if (json) return printJson(stack);
  print(printable(`${what}: ${stack.slug}, at ${stack.url}`));
}
