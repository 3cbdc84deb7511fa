import { hash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from './run-program.ts';

/**
 * A Python that has what a requirements file names, or what speaks against it, which is printed: nothing but Node may be asked of a
 * machine that runs the tests. Where LATCHKEY_TEST_PYTHON is "required", this too.
 */
export async function findPython(
  requirements: string,
  what: string,
): Promise<{ python: string; objection: string }> {
  try {
    return { python: await pythonWith(requirements), objection: '' };
  } catch (error) {
    if (process.env['LATCHKEY_TEST_PYTHON'] === 'required') throw error;
    const objection = `no Python 3 with venv, or no way to its packages: ${String(error)}`;
    process.stderr.write(`${what} is skipped: ${objection}\n`);
    return { python: '', objection };
  }
}

/**
 * A Python in a virtual environment of its own outside the repository, made once for each version of the file. Scripts in its folder
 * name the place where it was made: pass them to it as files.
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
