import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { onPostgres, onSqlite } from '../support/place.ts';
import { serve } from '../support/serving.ts';
import { ASKS, SLOW_ASK } from './asks.ts';
import { makeClient } from './client.ts';
import { seedCrowd } from './crowd.ts';
import { furnish } from './furniture.ts';
import { keepAsking } from './keep-asking.ts';
import { errorsIn } from './log-lines.ts';
import { settledLevelOf, startTable } from './minutes.ts';
import { judge, report } from './verdict.ts';

// Mixed traffic for half an hour against a server in a process of its own. Each answer is checked against the credential that
// asked; memory, open files and the log are looked at all along.

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '1800' },
    connections: { type: 'string', default: '256' },
    // Of each of the four roles in each of the three organizations.
    credentials: { type: 'string', default: '1000' },
    postgres: { type: 'boolean', default: false },
  },
});
const [length, width, credentials] = [values.seconds, values.connections, values.credentials].map(Number);
if (!(length && width && credentials)) {
  console.error('--seconds, --connections and --credentials take numbers above 0.');
  process.exit(2);
}

const place = values.postgres ? await onPostgres() : onSqlite();
try {
  process.exitCode = (await soak(length, width, credentials)) ? 0 : 1;
} finally {
  await place.end();
}

async function soak(seconds: number, connections: number, perRole: number): Promise<boolean> {
  const environment = await place.create();
  const crowd = await seedCrowd(environment, perRole);
  const probe = fileURLToPath(new URL('probe.ts', import.meta.url));
  const server = await serve(environment, { probe });
  const errors = errorsIn(server.process.stdout);
  const client = makeClient(server.url, connections);
  try {
    const furnisher = makeClient(server.url, 1);
    const people = await furnish(furnisher, crowd);
    furnisher.close();
    console.log(
      `${place.name}: ${crowd.length.toLocaleString('en')} credentials, ${connections} connections, ${seconds} s`,
    );
    const scene = { url: server.url, client, crowd, people };
    const before = await settledLevelOf(server.process);
    const table = startTable(server.process, client, seconds);
    const tally = await keepAsking(scene, { asks: ASKS, slow: SLOW_ASK, connections, table });
    const minutes = await table.end();
    client.close();
    const after = await settledLevelOf(server.process, before);
    return report(judge({ tally, minutes, before, after, errors }));
  } catch (error) {
    for (const line of errors) console.error(line);
    throw error;
  } finally {
    client.close();
    await server.stop();
  }
}
