import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pythonWith } from '../support/python.ts';
import { runProgram } from '../support/run-program.ts';

const REQUIREMENTS = fileURLToPath(new URL('requirements.txt', import.meta.url));
/** The file that describes an API. */
export const DESCRIPTIONS = {
  server: fileURLToPath(new URL('../../client/openapi.json', import.meta.url)),
  cloud: fileURLToPath(new URL('../../client/cloud-openapi.json', import.meta.url)),
};

// Not asked: that whatever fits a schema is accepted, since names are taken and things are missing; nor 405, since a
// method that a path does not know is 404 here, as it is in Grafana.
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_schema_conformance',
  'ignored_auth',
];

/** The tester, ready to be run. */
export async function installTester(): Promise<Tester> {
  const python = await pythonWith(REQUIREMENTS);
  return { python, script: join(dirname(python), 'schemathesis') };
}

interface Tester {
  python: string;
  script: string;
}

export interface Asking {
  tester: Tester;
  description: string;
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
  const { tester, description, url, authorization, examples, seconds, seed, report } = asking;
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
  const args = [tester.script, 'run', description, '--no-color', ...flags];
  const { code } = await runProgram(tester.python, args, { seconds, isShown: true });
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
