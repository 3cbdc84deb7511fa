import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Surroundings {
  /** All that the command finds in its environment, but for PATH, a home of its own, and where Node keeps what it compiled. */
  env?: Record<string, string | undefined>;
  /** What stands on its standard input; nothing by default. */
  input?: string;
}

/** Runs the command line as somebody would, and waits for its end. */
export async function runCli(
  args: readonly string[],
  { env = {}, input = '' }: Surroundings = {},
): Promise<Outcome> {
  const child = startCli(args, env);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  // A command that fails before it reads leaves a broken pipe behind.
  child.stdin.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { code, stdout, stderr };
}

/** Starts the command line and leaves it running. */
export function startCli(args: readonly string[], env: Record<string, string | undefined>) {
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const surroundings = { PATH, NODE_COMPILE_CACHE, HOME: tmpdir(), XDG_CONFIG_HOME: '/nonexistent', ...env };
  return spawn(process.execPath, [join(root, 'cli/main.ts'), ...args], { cwd: root, env: surroundings });
}

/** An empty directory, gone when the test is over. */
export function makeDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-cli-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
