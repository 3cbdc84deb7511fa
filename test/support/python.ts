import { hash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from './run-program.ts';

/**
 * A Python that has what a requirements file names, in a virtual environment of its own outside the repository, made
 * once for each version of the file. Scripts in its folder name the place where it was made: pass them to it as files.
 */
export async function pythonWith(requirements: string): Promise<string> {
  const version = hash('sha256', readFileSync(requirements, 'utf8')).slice(0, 12);
  const folder = join(tmpdir(), `latchkey-python-${version}`);
  const python = join(folder, 'bin', 'python');
  if (existsSync(python)) return python;

  // Made elsewhere and moved into its place when it is complete, since others may be at it as well.
  const draft = mkdtempSync(`${folder}-`);
  try {
    await mustRun('python3', ['-m', 'venv', draft]);
    const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--retries', '2'];
    await mustRun(join(draft, 'bin', 'python'), [...install, '--requirement', requirements]);
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(python)) throw error;
  }
  return python;
}

async function mustRun(program: string, args: string[]): Promise<void> {
  const { code, output } = await runProgram(program, args);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}: ${output.trim()}`);
}
