import type { Command } from 'commander';
import { addCommand, withConfigFile } from '../command.ts';
import { print } from '../output.ts';
import { expectingFailures } from './expected.ts';

/** `latchkey migrate-db` */
export function addMigrateDb(program: Command): void {
  const migrate = addCommand(program, 'migrate-db', {
    summary: 'bring the database up to date without serving',
    examples: ['latchkey migrate-db', 'latchkey migrate-db --config /etc/latchkey.ini'],
    more: 'The server does the same when it starts. Either all steps are taken or none.',
  });
  withConfigFile(migrate).action(({ config }: { config?: string }) =>
    expectingFailures(async () => {
      const { bringUpToDate } = await import('../../server/main.ts');
      const steps = await bringUpToDate({ configFile: config });
      for (const step of steps) print(`Done: ${step}`);
      print('The database is up to date.');
    }),
  );
}
