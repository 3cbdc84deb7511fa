import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A way to PostgreSQL on which what listens there can be held up, as by a network that swallows everything. */
export interface PostgresRelay {
  url: string;
  holdListeners(): void;
  letGo(): void;
  close(): void;
}

export async function startPostgresRelay(target: string): Promise<PostgresRelay> {
  const { hostname, port } = new URL(target);
  const clients = new Set<Socket>();
  let isHeld = false;
  const relay = createServer((client) => {
    const server = connect(Number(port), hostname);
    let listens = false;
    clients.add(client);
    for (const socket of [client, server]) socket.on('error', () => {});
    client.on('data', (bytes) => {
      if (bytes.includes('listen latchkey')) listens = true;
      if (!(listens && isHeld)) server.write(bytes);
    });
    server.on('data', (bytes) => {
      if (!(listens && isHeld)) client.write(bytes);
    });
    client.on('close', () => {
      clients.delete(client);
      server.destroy();
    });
    server.on('close', () => client.destroy());
  }).listen(0, '127.0.0.1');
  await once(relay, 'listening');
  const url = new URL(target);
  url.host = `127.0.0.1:${(relay.address() as AddressInfo).port}`;
  return {
    url: url.href,
    holdListeners: () => void (isHeld = true),
    letGo: () => void (isHeld = false),
    close() {
      relay.close();
      for (const client of clients) client.destroy();
    },
  };
}
