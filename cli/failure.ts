/** What a script learns from how a command ended. */
export const EXIT = {
  fine: 0,
  failure: 1,
  usage: 2,
  unauthorized: 3,
  forbidden: 4,
  unreachable: 5,
  partly: 6,
} as const;

/** What a server's refusal ends a command with. */
export function exitCodeOf(status: number): number {
  if (status === 401) return EXIT.unauthorized;
  return status === 403 ? EXIT.forbidden : EXIT.failure;
}

/** An expected failure: a sentence for the person, and on a line of its own what to do next. */
export class Failure extends Error {
  override name = 'Failure';
  readonly exitCode: number;
  readonly detail: string | undefined;

  constructor(
    exitCode: number,
    message: string,
    { detail, cause }: { detail?: string; cause?: unknown } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.exitCode = exitCode;
    this.detail = detail;
  }
}

/** Something about how the command was called. */
export function usageFailure(message: string, detail?: string): Failure {
  return new Failure(EXIT.usage, message, detail === undefined ? {} : { detail });
}
