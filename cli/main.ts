import { CommanderError } from 'commander';
import { ApiFailure, Unreachable } from '../client/failures.ts';
import { EXIT, exitCodeOf, Failure } from './failure.ts';
import { say, sayFailure } from './output.ts';
import { OWN_NAME } from './own-name.ts';
import { buildProgram } from './program.ts';

for (const stream of [process.stdout, process.stderr]) stream.on('error', endQuietly);

try {
  await buildProgram().parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

/** Says what went wrong, in as many lines as it needs and no stack trace where it was to be expected. The exit code. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : EXIT.usage;
  if (error instanceof Failure) return reported(error.exitCode, error.message, error.detail);
  if (error instanceof Unreachable) return reported(EXIT.unreachable, error.message, error.detail);
  if (error instanceof ApiFailure)
    return reported(exitCodeOf(error.status), `${error.status} ${error.message}`, adviceOf(error));
  say(`latchkey: this should not have happened; please report it.\n${traceOf(error)}`);
  return EXIT.failure;
}

// Without the further fields that inspect() would show: they may hold the address of a database, password and all.
function traceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const trace = error.stack ?? error.message;
  return error.cause === undefined ? trace : `${trace}\nbecause of ${traceOf(error.cause)}`;
}

function reported(exitCode: number, message: string, detail: string | undefined): number {
  sayFailure(message, detail);
  return exitCode;
}

function adviceOf({ status, detail }: ApiFailure): string | undefined {
  const more =
    status === 401 || status === 403 ? `"${OWN_NAME} whoami" looks into it step by step.` : undefined;
  return [detail, more].filter((part) => part !== undefined).join(' ') || undefined;
}

// Whoever reads the output has seen enough: `latchkey keys list | head -1`.
function endQuietly(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
}
