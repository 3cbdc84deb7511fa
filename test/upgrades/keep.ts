import { renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { backUp } from '../../server/backup/backup.ts';
import { loadConfig } from '../../server/config/config.ts';
import { onSqlite } from '../support/place.ts';
import { serve } from '../support/serving.ts';
import { fill } from './fill.ts';
import { digestOf, digestsTaken, FIXTURES, SECRET_KEY } from './fixtures.ts';

// Keeps the schema of today with something in every table, so that a later version can be shown to bring it up to date. With
// --server the server of another checkout fills the database, and what it does not know yet is left out.

const { values } = parseArgs({ options: { server: { type: 'string' } } });
const place = onSqlite();
try {
  const environment = { ...(await place.create()), GF_SECURITY_SECRET_KEY: SECRET_KEY };
  const main = values.server === undefined ? undefined : resolve(values.server, 'cli/main.ts');
  const server = await serve(environment, { main });
  const credentials = await fill(server.url, main !== undefined);
  await server.stop();
  const { config } = loadConfig({ home: '/', env: environment });
  const partial = join(FIXTURES, 'new.backup');
  const how = { withSecretKey: false, replace: true, onProgress: () => {} };
  const made = await backUp(config, partial, how);
  const name = `${made.steps.length}-steps-to-${made.steps.at(-1)}`;
  renameSync(partial, join(FIXTURES, `${name}.backup`));
  writeFileSync(join(FIXTURES, `${name}.json`), `${JSON.stringify(credentials, null, 2)}\n`);
  const digests = Object.fromEntries(made.steps.map((step) => [step, digestOf(step)]));
  writeFileSync(
    join(FIXTURES, 'steps.json'),
    `${JSON.stringify({ ...digests, ...digestsTaken() }, null, 2)}\n`,
  );
  const empty = made.tables.filter(({ rows }) => rows === 0).map((table) => table.name);
  console.log(`${name}: ${made.rows} rows; nothing in ${empty.join(', ') || 'no table'}`);
} finally {
  await place.end();
}
