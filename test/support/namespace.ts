import { execFileSync, spawnSync } from 'node:child_process';

/** A process's own network, with a link to this machine for each purpose, which can be cut so that packets vanish. */
export interface Namespace {
  /** What a command is run with to be inside. */
  command: readonly string[];
  inside(link: string): string;
  outside(link: string): string;
  cut(link: string): void;
  mend(): void;
  remove(): void;
}

// A locally administered address that nobody has.
const NOBODY = '02:00:00:00:00:99';
let made = 0;

/** Whether namespaces can be made here: by root on Linux, with iproute2. */
export function canMakeNamespaces(): boolean {
  return process.getuid?.() === 0 && spawnSync('ip', ['netns', 'list']).status === 0;
}

/** Makes one, with addresses of the range that is kept for measuring networks (RFC 2544). */
export function makeNamespace(links: readonly string[]): Namespace {
  const id = ++made;
  const name = `lk-${process.pid}-${id}`;
  const ip = (...args: string[]): void => void execFileSync('ip', args);
  const address = (link: string, end: 1 | 2): string =>
    `198.18.${(process.pid + id) % 256}.${links.indexOf(link) * 4 + end}`;
  const device = (link: string, end: 1 | 2): string => `lk${process.pid}${id}${links.indexOf(link)}${end}`;
  const within = ['-n', name];
  const ends = [
    { end: 1, other: 2, at: [] },
    { end: 2, other: 1, at: within },
  ] as const;
  const remove = (): void => {
    process.off('exit', remove);
    ip('netns', 'del', name);
  };
  ip('netns', 'add', name);
  process.once('exit', remove);
  try {
    ip(...within, 'link', 'set', 'lo', 'up');
    for (const link of links) {
      ip('link', 'add', device(link, 1), 'type', 'veth', 'peer', 'name', device(link, 2), 'netns', name);
      for (const { end, at } of ends) {
        ip(...at, 'address', 'add', `${address(link, end)}/30`, 'dev', device(link, end));
        ip(...at, 'link', 'set', device(link, end), 'up');
      }
    }
  } catch (error) {
    remove();
    throw error;
  }
  const cut = new Set<string>();
  const neighbour = (link: string, change: (at: readonly string[], to: string, on: string) => void): void => {
    for (const { end, other, at } of ends) change(at, address(link, other), device(link, end));
  };
  return {
    command: ['ip', 'netns', 'exec', name],
    inside: (link) => address(link, 2),
    outside: (link) => address(link, 1),
    // What is sent to a neighbour's wrong address is dropped at its end, and nobody is told.
    cut(link) {
      cut.add(link);
      neighbour(link, (at, to, on) =>
        ip(...at, 'neighbour', 'replace', to, 'lladdr', NOBODY, 'nud', 'permanent', 'dev', on),
      );
    },
    mend() {
      for (const link of cut) {
        neighbour(link, (at, to, on) => ip(...at, 'neighbour', 'del', to, 'dev', on));
      }
      cut.clear();
    },
    remove,
  };
}
