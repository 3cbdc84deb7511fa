import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Environment } from './place.ts';

export const MAIN = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));

export interface Running {
  url: string;
  process: ChildProcess;
  stop(): Promise<void>;
  kill(): Promise<void>;
}

export interface Serving {
  /** A module that is loaded first and can be sent messages; it finds a garbage collector that it may call. */
  probe?: string | undefined;
  /** The command line of another checkout. */
  main?: string | undefined;
  /** A command that runs it, such as one that gives it another network. */
  within?: readonly string[] | undefined;
  /** Has it killed, while it starts too. */
  signal?: AbortSignal | undefined;
}

/** Serves in a process of its own; returns when it listens. */
export async function serve(
  environment: Environment,
  { probe, main = MAIN, within = [], signal }: Serving = {},
): Promise<Running> {
  const probing = probe === undefined ? [] : ['--expose-gc', '--import', probe];
  const [command, ...args] = [...within, process.execPath, ...probing, main, 'serve'];
  const child = spawn(command, args, {
    env: { ...process.env, ...environment, GF_SERVER_HTTP_PORT: '0', GF_LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'pipe', 'inherit', ...(probe === undefined ? [] : (['ipc'] as const))],
  });
  signal?.addEventListener('abort', () => child.kill('SIGKILL'));
  const url = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout?.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      const found = /Latchkey listens on (\S+)/.exec(text)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', (code) => reject(new Error(`the server ended with ${code} and said: ${text}`)));
  });
  const end = async (how: NodeJS.Signals): Promise<void> => {
    const ended = once(child, 'exit');
    child.kill(how);
    await ended;
  };
  return { url, process: child, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') };
}

/** Runs the command line against a server as its first administrator; the exit code and what it printed. */
export async function latchkey(
  { url }: Running,
  ...args: string[]
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { ...process.env, LATCHKEY_URL: url, GRAFANA_AUTH: 'admin:admin' },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (part: string) => (stdout += part));
  child.stderr.setEncoding('utf8').on('data', (part: string) => (stderr += part));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}
