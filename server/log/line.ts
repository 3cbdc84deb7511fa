// Line breaks beyond the usual ones, codes that steer a terminal, and characters that are not seen or turn the text round.
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Turns a line of pino's JSON into `time=… level=… logger=… msg="…"`, which people and grep read. */
export function textLine(json: string): string {
  const { time, level, logger, msg, err, ...rest } = JSON.parse(json) as Record<string, unknown>;
  const error = typeof err === 'object' && err !== null ? err : { message: err };
  const errorEntries = Object.entries(error).map(([key, value]) => [
    key === 'message' ? 'error' : key,
    value,
  ]);
  const text = [...Object.entries({ time, level, logger, msg, ...rest }), ...errorEntries]
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${fieldText(value)}`)
    .join(' ');
  return `${withoutUnseen(text)}\n`;
}

/** The same line of JSON with every character escaped that a terminal would obey or not show. */
export function jsonLine(json: string): string {
  return `${withoutUnseen(json.trimEnd())}\n`;
}

function fieldText(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  // Quoted, a line break or control character in a value cannot pass for a line of its own.
  return /^[\w.:/@+-]+$/.test(text) ? text : JSON.stringify(text);
}

function withoutUnseen(text: string): string {
  return text.replace(UNSEEN, (character) => character.split('').map(escaped).join(''));
}

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
