import { type Logger, pino } from 'pino';
import { ConfigError } from './config/config-error.ts';
import type { Config } from './config/config.ts';
import type { LogLevel, LogPart } from './config/kinds.ts';
import { troubleOf } from './db/errors.ts';
import { consoleOutput } from './log/console.ts';
import { fileOutput } from './log/file.ts';
import { jsonLine, textLine } from './log/line.ts';
import type { Complaints, LogOutput } from './log/output.ts';
import { syslogOutput } from './log/syslog.ts';

export type Log = Logger & {
  /** The log of one part of the server, at the level that `[log.filters]` gives it. */
  part(name: LogPart): Log;
  /** Where the lines go, by name. */
  outputs: ReadonlyMap<string, LogOutput>;
};

export interface LogSurroundings {
  console?: NodeJS.WritableStream | undefined;
  /** Where it is said that the log itself does not work. */
  complaints?: NodeJS.WritableStream | undefined;
  now?: (() => number) | undefined;
  /** There where other processes write to the log file too: see `log/file.ts`. */
  askToRotate?: ((inode: number) => void) | undefined;
}

interface Place {
  output: LogOutput;
  /** pino's number of the least severe level that gets here. */
  from: number;
  isJson: boolean;
}

const HIDDEN_FIELDS = ['req.headers.authorization', 'req.headers.cookie', '*.password', '*.secret', '*.key'];

/** The server's log: one line an event, as text or JSON, wherever `[log] mode` says. Times are RFC 3339. */
export function createLog(config: Config, surroundings: LogSurroundings = {}): Log {
  const { console = process.stdout, complaints = process.stderr, now = Date.now, askToRotate } = surroundings;
  const complain = (name: string): Complaints => ({
    broke: ({ message }) =>
      void complaints.write(`latchkey: lines do not get to [log.${name}]: ${message}\n`),
    mended: (lost) => server.warn({ output: name, lost }, 'the log gets there again'),
  });
  const outputs = new Map<string, LogOutput>(
    config.log.mode.map((name) => {
      if (name === 'console') return [name, consoleOutput(console)];
      if (name === 'syslog') return [name, syslogOutput(config['log.syslog'], now, complain(name))];
      return [name, openFile(config, { now, askToRotate }, complain(name))];
    }),
  );
  const places = Array.from(outputs, ([name, output]): Place => {
    const { level, format } = config[`log.${name as Config['log']['mode'][number]}`];
    return { output, from: numberOf(level || config.log.level), isJson: format === 'json' };
  });
  const least = Math.min(...places.map(({ from }) => from));
  const root = pino(
    {
      level: pino.levels.labels[least] as string,
      timestamp: () => `,"time":"${new Date(now()).toISOString()}"`,
      formatters: { level: (label: string) => ({ level: label === 'fatal' ? 'critical' : label }) },
      serializers: { err: errorFields },
      base: null,
      redact: { paths: HIDDEN_FIELDS, censor: '*********' },
    },
    spread(places),
  );
  const parts = new Map<LogPart, Log>();
  const part = (name: LogPart): Log => {
    const known = parts.get(name);
    if (known) return known;
    const level = config['log.filters'][name];
    const child = root.child({ logger: name }, level === undefined ? {} : { level: pinoLevel(level) });
    const made = Object.assign(child, { part, outputs, hasOwnLevel: level !== undefined });
    parts.set(name, made);
    return made;
  };
  const server = part('server');
  return server;
}

/** A stream for pino that gives each line to every place that wants its level. */
function spread(places: readonly Place[]) {
  const stream = {
    [Symbol.for('pino.metadata')]: true,
    lastLevel: 0,
    lastLogger: {},
    write(json: string): void {
      // A part with a level of its own has it everywhere.
      const isWanted = 'hasOwnLevel' in stream.lastLogger && stream.lastLogger.hasOwnLevel === true;
      let asText: string | undefined;
      let asJson: string | undefined;
      for (const { output, from, isJson } of places) {
        if (!isWanted && stream.lastLevel < from) continue;
        output.write(isJson ? (asJson ??= jsonLine(json)) : (asText ??= textLine(json)));
      }
    },
  };
  return stream;
}

function openFile(
  config: Config,
  surroundings: Pick<Parameters<typeof fileOutput>[0], 'now' | 'askToRotate'>,
  complaints: Complaints,
): LogOutput {
  const { log_rotate, max_lines, max_size_shift, daily_rotate, max_days } = config['log.file'];
  const rotation = { lines: max_lines, bytes: 2 ** max_size_shift, daily: daily_rotate, daysKept: max_days };
  const { logs: directory } = config.paths;
  try {
    return fileOutput(
      { directory, rotation: log_rotate ? rotation : undefined, ...surroundings },
      complaints,
    );
  } catch (error) {
    throw new ConfigError(
      `[log] mode = file needs a log file, which cannot be opened: ${(error as Error).message}. ` +
        'Let the server write to the directory [paths] logs, or name another one there',
      { cause: error },
    );
  }
}

function numberOf(level: LogLevel): number {
  return pino.levels.values[pinoLevel(level)] as number;
}

function pinoLevel(level: LogLevel): string {
  return level === 'critical' ? 'fatal' : level;
}

/**
 * What is kept of an error: not every property, since those of a database's error hold values of rows, and no stack trace of what is not
 * the code's doing, such as a host that does not answer.
 */
function errorFields(error: unknown): { type: string; message: string; stack?: string; code?: unknown } {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) };
  const { type, message, stack } = pino.stdSerializers.err(error);
  const code = 'code' in error ? { code: error.code } : {};
  return { type, message, ...(troubleOf(error) === undefined ? { stack } : {}), ...code };
}
