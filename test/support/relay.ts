import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A way to a port on this machine, on which what is under way can be held up. */
export interface Relay {
  port: number;
  /** Lets nothing through; it arrives once it is let go, as what a network loses is sent again. */
  hold(): void;
  /** Has everything arrive so many milliseconds later, each way. */
  slow(milliseconds: number): void;
  letGo(): void;
  close(): void;
}

/** Listens on an address of this machine; only connections whose first bytes until then are `concerned` are ever held or slow. */
export async function startRelay(
  target: { host: string; port: number },
  concerned: (bytes: Buffer) => boolean = () => true,
  address = '127.0.0.1',
): Promise<Relay> {
  const clients = new Set<Socket>();
  let delay = 0;
  let gate = Promise.withResolvers<void>();
  gate.resolve();
  const relay = createServer((client) => {
    const server = connect(target.port, target.host);
    let isConcerned = false;
    clients.add(client);
    const passOn = (to: Socket): ((bytes: Buffer) => void) => {
      let turn = Promise.resolve();
      const passLater = async (bytes: Buffer, before: Promise<void>): Promise<void> => {
        await Promise.all([before, sleep(delay)]);
        await gate.promise;
        to.write(bytes);
      };
      return (bytes) => {
        isConcerned ||= concerned(bytes);
        if (isConcerned) turn = passLater(bytes, turn);
        else to.write(bytes);
      };
    };
    for (const socket of [client, server]) socket.setNoDelay(true).on('error', () => {});
    client.on('data', passOn(server));
    server.on('data', passOn(client));
    client.on('close', () => {
      clients.delete(client);
      server.destroy();
    });
    server.on('close', () => client.destroy());
  }).listen(0, address);
  await once(relay, 'listening');
  const letGo = (): void => {
    delay = 0;
    gate.resolve();
  };
  return {
    port: (relay.address() as AddressInfo).port,
    hold() {
      gate.resolve();
      gate = Promise.withResolvers();
    },
    slow: (milliseconds) => void (delay = milliseconds),
    letGo,
    close() {
      letGo();
      relay.close();
      for (const client of clients) client.destroy();
    },
  };
}
