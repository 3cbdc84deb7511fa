import { Writable } from 'node:stream';
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
    base: null,
    redact: { paths: HIDDEN_FIELDS, censor: '*********' },
  };
  return pino(options, config['log.console'].format === 'json' ? console : textLines(console));
}

/** The log of one part of the server, which `[log.filters]` can make more talkative than the rest. */
export function logOf(log: Log, config: Config, part: string): Log {
  const level = config['log.filters'][part];
  return log.child({ logger: part }, level === undefined ? {} : { level: pinoLevel(level) });
}

function pinoLevel(level: string): string {
  return level === 'critical' ? 'fatal' : level;
}

/** Turns pino's JSON into `time=… level=… logger=… msg="…"`, which people and grep read. */
function textLines(out: NodeJS.WritableStream): Writable {
  return new Writable({
    decodeStrings: false,
    write(line: string, _encoding, done) {
      out.write(`${logfmt(JSON.parse(line) as Record<string, unknown>)}\n`);
      done();
    },
  });
}

function logfmt({ time, level, logger, msg, ...rest }: Record<string, unknown>): string {
  return Object.entries({ time, level, logger, msg, ...rest })
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${fieldText(value)}`)
    .join(' ');
}

function fieldText(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  // Quoted, a line break or control character in a value cannot pass for a line of its own.
  return /^[\w.:/@+-]+$/.test(text) ? text : JSON.stringify(text);
}
