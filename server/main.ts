import { join } from 'node:path';
import { type Config, describeConfig, loadConfig } from './config/config.ts';
import type { ConfigRow } from './config/config.ts';
import type { Overrides } from './config/settings.ts';
import type { Context } from './context.ts';
import { generatedSecretKey } from './secret-key.ts';
import { openContext, startServer } from './server.ts';
import { welcome } from './welcome.ts';

export interface Options {
  /** Read instead of conf/latchkey.ini. */
  configFile?: string | undefined;
}

// In a checkout, what is relative starts at its root; an installed package works where it is called.
const home = import.meta.filename.endsWith('.ts') ? join(import.meta.dirname, '..') : process.cwd();

/** What is in force and where each value came from, and what was odd about it. Throws a ConfigError for a wrong value. */
export function readSettings({ configFile }: Options): { rows: ConfigRow[]; warnings: string[] } {
  const { entries, warnings } = loadConfig({ home, configFile, env: process.env });
  return { rows: describeConfig(entries), warnings };
}

/** Serves until it is told to stop by SIGINT or SIGTERM. */
export async function serve(options: Options): Promise<void> {
  const { config, warnings } = readConfig(options);
  const server = await startServer(config);
  for (const warning of warnings) server.context.log.warn(warning);
  process.stdout.write(welcome(server, config));
  const signal = await new Promise<NodeJS.Signals>((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, resolve);
  });
  server.context.log.info(`stopping on ${signal}`);
  await server.stop();
}

/** Runs a command on the server's own database, brought up to date, without serving. */
export async function withContext<T>(options: Options, work: (context: Context) => Promise<T>): Promise<T> {
  const { context, close } = await openContext(readConfig(options).config);
  try {
    return await work(context);
  } finally {
    await close();
  }
}

function readConfig({ configFile }: Options): { config: Config; warnings: string[] } {
  const load = (overrides: Overrides) => loadConfig({ home, configFile, env: process.env, overrides });
  const { config, warnings } = load({});
  if (config.security.secret_key !== '') return { config, warnings };
  return { config: load({ security: { secret_key: generatedSecretKey(config.paths.data) } }).config, warnings };
}
