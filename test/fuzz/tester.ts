import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hash } from 'node:crypto';

const REQUIREMENTS = fileURLToPath(new URL('requirements.txt', import.meta.url));
const DESCRIPTION = fileURLToPath(new URL('../../client/openapi.json', import.meta.url));

// Not asked: that whatever fits a schema is accepted, since names are taken and things are missing; nor 405, since a
// method that a path does not know is 404 here, as it is in Grafana.
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_schema_conformance',
  'ignored_auth',
];

/** The tester's program, installed into a virtual environment of its own outside the repository, once for each version of it. */
export async function installTester(): Promise<string> {
  const wanted = readFileSync(REQUIREMENTS, 'utf8');
  const folder = join(tmpdir(), `latchkey-fuzz-${hash('sha256', wanted).slice(0, 12)}`);
  const program = join(folder, 'bin', 'schemathesis');
  if (existsSync(program)) return program;
  rmSync(folder, { recursive: true, force: true });
  await run('python3', ['-m', 'venv', folder]);
  await run(join(folder, 'bin', 'pip'), [
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '-r',
    REQUIREMENTS,
  ]);
  return program;
}

export interface Asking {
  program: string;
  url: string;
  /** The Authorization header; nobody without it. */
  authorization: string | undefined;
  examples: number;
  seconds: number;
  seed: number;
  report: string;
}

/** Sends made-up requests to every operation of the description, and tells how many operations did well. */
export async function fuzz(asking: Asking): Promise<{ passed: number; failed: number }> {
  const { program, url, authorization, examples, seconds, seed, report } = asking;
  const options = {
    url,
    phases: 'examples,coverage,fuzzing',
    checks: CHECKS.join(','),
    'max-examples': String(examples),
    seed: String(seed),
    // With more, Python 3.11 trips over its own parser.
    workers: '1',
    warnings: 'off',
    report: 'junit',
    'report-junit-path': report,
    'suppress-health-check': 'all',
    'generation-database': 'none',
  };
  const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  if (authorization !== undefined) flags.push('--header', `Authorization: ${authorization}`);
  const args = ['run', DESCRIPTION, '--no-color', ...flags];
  const code = await run(program, args, { seconds, mayFail: true });
  if (!existsSync(report)) throw new Error(`the tester left no report, and ended with ${code}`);
  return countOf(readFileSync(report, 'utf8'), code);
}

function countOf(junit: string, code: number): { passed: number; failed: number } {
  const cases = [...junit.matchAll(/<testcase\b[^>]*?(?:\/>|>(.*?)<\/testcase>)/gs)];
  const failed = cases.filter(([, inside = '']) => /<(failure|error)\b/.test(inside)).length;
  if (cases.length === 0) throw new Error('the report of the tester names no operation');
  // A tester that ends badly without naming an operation is a failure too.
  return { passed: cases.length - failed, failed: failed === 0 && code !== 0 ? 1 : failed };
}

async function run(
  program: string,
  args: string[],
  { seconds = 300, mayFail = false }: { seconds?: number; mayFail?: boolean } = {},
): Promise<number> {
  const child = spawn(program, args, { stdio: 'inherit', cwd: tmpdir(), timeout: seconds * 1000 });
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (status, signal) => {
      if (signal === null) resolve(status ?? 1);
      else reject(new Error(`${program} was ended by ${signal}; it may take ${seconds} s at most`));
    });
  });
  if (code !== 0 && !mayFail) throw new Error(`${program} ${args.join(' ')} ended with ${code}`);
  return code;
}
