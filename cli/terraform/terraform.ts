import type { Command } from 'commander';
import { addCommand } from '../command.ts';
import { withConnection } from '../remote/connection.ts';
import type { MigrateFlags } from './migrate.ts';

const MORE = `Each grafana_api_key and grafana_cloud_stack_api_key becomes a service account and a \
token in its place, and whatever refers to it follows. Comments, formatting and everything else \
stay. What cannot be rewritten so that all goes on working stays too, and is named with file, line \
and reason; the exit code is 6 then.

With --lookup, or any option of the connection, the server is asked for the accounts that the keys \
have become there, and latchkey-imports.tf takes them into the state. It also tells Terraform to \
forget the old keys and not to delete them.`;

/** `latchkey terraform …` */
export function addTerraform(program: Command): void {
  const terraform = addCommand(program, 'terraform', {
    summary: 'change Terraform files from API keys to service accounts',
    examples: ['latchkey terraform migrate .'],
  });
  addMigrate(terraform);
}

function addMigrate(terraform: Command): void {
  const migrate = addCommand(terraform, 'migrate <directory>', {
    summary: 'rewrite the keys in .tf files as service accounts and tokens',
    examples: [
      'latchkey terraform migrate . --dry-run',
      'latchkey terraform migrate infra --recursive --lookup',
      'latchkey terraform migrate . --yes --json > report.json',
    ],
    more: MORE,
  })
    .option('--recursive', 'the directories beneath as well, each a module of its own')
    .option('--dry-run', 'only show what would change')
    .option('--yes', 'write without asking')
    .option('--json', 'print what changes and what is left alone as JSON')
    .option('--group-by-role', 'one account for all keys of a role, instead of one for each key')
    .option('--no-import-blocks', 'print commands instead of "import" blocks (Terraform 1.5)')
    .option('--no-removed-blocks', 'print commands instead of "removed" blocks (Terraform 1.7)')
    .option('--lookup', 'ask the server for the accounts that the keys have become');
  withConnection(migrate).action(async (directory: string, flags: MigrateFlags) => {
    // Nothing else needs the parser of Terraform's language.
    const command = await import('./migrate.ts');
    await command.migrate(directory, flags);
  });
}
