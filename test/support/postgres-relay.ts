import { startRelay } from './relay.ts';

/** A way to PostgreSQL on which what listens there can be held up, as by a network that swallows everything. */
export interface PostgresRelay {
  url: string;
  holdListeners(): void;
  letGo(): void;
  close(): void;
}

export async function startPostgresRelay(target: string): Promise<PostgresRelay> {
  const url = new URL(target);
  const { port, hold, letGo, close } = await startRelay(
    { host: url.hostname, port: Number(url.port) },
    (bytes) => bytes.includes('listen latchkey'),
  );
  url.host = `127.0.0.1:${port}`;
  return { url: url.href, holdListeners: hold, letGo, close };
}
