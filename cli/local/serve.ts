import type { Command } from 'commander';
import { addCommand, withConfigFile } from '../command.ts';
import { expectingFailures } from './expected.ts';

/** `latchkey serve` */
export function addServe(program: Command): void {
  const serve = addCommand(program, 'serve', {
    summary: 'run the server until it is told to stop',
    examples: [
      'latchkey serve',
      'latchkey serve --config /etc/latchkey.ini',
      'GF_SERVER_HTTP_PORT=8080 GF_SECURITY_ADMIN_PASSWORD=… latchkey serve',
    ],
    more: 'Its settings come from the configuration file and from GF_<SECTION>_<KEY>; "latchkey config" shows them.',
  });
  withConfigFile(serve).action(async ({ config }: { config?: string }) => {
    await expectingFailures(async () => {
      const server = await import('../../server/main.ts');
      await server.serve({ configFile: config });
    });
  });
}
