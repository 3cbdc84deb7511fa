import { readdirSync } from 'node:fs';

// Loaded into the server before anything else: says, when asked, what is left after the garbage is gone.

export interface Level {
  residentMiB: number;
  heapMiB: number;
  /** Open files and sockets; 0 where the system does not tell. */
  descriptors: number;
  /** What keeps Node's loop running. */
  handles: number;
  /** Since its start. */
  cpuSeconds: number;
}

process.on('message', () => {
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  const level: Level = {
    residentMiB: rss / 2 ** 20,
    heapMiB: heapUsed / 2 ** 20,
    descriptors: process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0,
    handles: process.getActiveResourcesInfo().length,
    cpuSeconds: (user + system) / 1e6,
  };
  process.send?.(level);
});
process.channel?.unref();
