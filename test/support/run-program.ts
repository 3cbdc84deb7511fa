import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';

export interface Running {
  /** How long it may take. */
  seconds?: number;
  env?: NodeJS.ProcessEnv;
  /** Its output goes where the test's own goes, instead of into the outcome. */
  isShown?: boolean;
}

/** Runs a program to its end; what it prints, on either channel, is its output. */
export async function runProgram(
  program: string,
  args: readonly string[],
  { seconds = 300, env = process.env, isShown = false }: Running = {},
): Promise<{ code: number; output: string }> {
  const child = spawn(program, args, {
    stdio: ['ignore', ...(isShown ? (['inherit', 'inherit'] as const) : (['pipe', 'pipe'] as const))],
    cwd: tmpdir(),
    env,
    timeout: seconds * 1000,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status, signal) => {
      if (signal === null) resolve(status ?? 1);
      else
        reject(new Error(`${program} was ended by ${signal}; it may take ${seconds} s at most\n${output}`));
    });
  });
  return { code, output };
}
