import { type Logger, pino } from 'pino';
import type { Config } from './config/config.ts';

export type Log = Logger;

const HIDDEN_FIELDS = ['req.headers.authorization', 'req.headers.cookie', '*.password', '*.secret', '*.key'];

/** The server's log: one line an event, as text or JSON, on the console. Times are RFC 3339. */
export function createLog(config: Config, console: NodeJS.WritableStream = process.stdout): Log {
  const level = pinoLevel(config.log.level);
  const options = {
    level,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label === 'fatal' ? 'critical' : label }) },
    serializers: { err: errorFields },
    base: null,
    redact: { paths: HIDDEN_FIELDS, censor: '*********' },
  };
  const put = lineWriter(console);
  const write = config['log.console'].format === 'json' ? put : (line: string) => put(`${textLine(line)}\n`);
  return pino(options, { write });
}

/** The log of one part of the server, which `[log.filters]` can make more talkative than the rest. */
export function logOf(log: Log, config: Config, part: string): Log {
  const level = config['log.filters'][part];
  return log.child({ logger: part }, level === undefined ? {} : { level: pinoLevel(level) });
}

function pinoLevel(level: string): string {
  return level === 'critical' ? 'fatal' : level;
}

/** Writes lines for as long as the console takes them. */
function lineWriter(console: NodeJS.WritableStream): (line: string) => void {
  // Who read the console may be gone (a closed pipe, a full disk). That is no reason to stop serving, and where it could be
  // reported is just what broke.
  if (!console.listeners('error').includes(ignoreBrokenConsole)) console.on('error', ignoreBrokenConsole);
  return (line) => {
    if (console.writable) console.write(line);
  };
}

function ignoreBrokenConsole(): void {}

/** What is kept of an error: not every property, since those of a database's error hold values of rows. */
function errorFields(error: unknown): { type: string; message: string; stack: string; code?: unknown } {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error), stack: '' };
  const { type, message, stack } = pino.stdSerializers.err(error);
  return { type, message, stack, ...('code' in error ? { code: error.code } : {}) };
}

/** Turns a line of pino's JSON into `time=… level=… logger=… msg="…"`, which people and grep read. */
function textLine(json: string): string {
  const { time, level, logger, msg, err, ...rest } = JSON.parse(json) as Record<string, unknown>;
  const error = typeof err === 'object' && err !== null ? err : { message: err };
  const errorEntries = Object.entries(error).map(([key, value]) => [
    key === 'message' ? 'error' : key,
    value,
  ]);
  return [...Object.entries({ time, level, logger, msg, ...rest }), ...errorEntries]
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${fieldText(value)}`)
    .join(' ');
}

function fieldText(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  // Quoted, a line break or control character in a value cannot pass for a line of its own.
  return /^[\w.:/@+-]+$/.test(text) ? text : JSON.stringify(text);
}
