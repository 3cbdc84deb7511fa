import type { Row } from '../../sources/source.ts';

const decoder = new TextDecoder();
const DATE = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d:\d\d)(\.\d+)?)?\s*(Z|[+-]\d\d(?::?\d\d)?)?/;

/** A text; '' where there is none. What neither database can keep, or no JSON carry, is taken out. */
export function textOf(row: Row, column: string): string {
  const value = row[column];
  if (value === null || value === undefined) return '';
  // Grafana keeps some texts as bytes in SQLite.
  const text = value instanceof Uint8Array ? decoder.decode(value) : String(value);
  return text.includes('\0') || !text.isWellFormed() ? text.replaceAll('\0', '').toWellFormed() : text;
}

/** A whole number; undefined where there is none that JavaScript can hold. */
export function integerOf(row: Row, column: string): number | undefined {
  const value = row[column];
  if (typeof value !== 'number' && typeof value !== 'string') return undefined;
  const number = value === '' ? Number.NaN : Number(value);
  return Number.isSafeInteger(number) ? number : undefined;
}

/** The id of another row; 0 where it names none. */
export function refOf(row: Row, column: string): number {
  return integerOf(row, column) ?? 0;
}

export function flagOf(row: Row, column: string): 0 | 1 {
  const value = row[column];
  return value === 1 || value === '1' || value === 'true' || value === 't' ? 1 : 0;
}

/** A flag that keeps somebody out: whatever does not clearly say no says yes. */
export function barOf(row: Row, column: string): 0 | 1 {
  const value = row[column];
  const isNo = value === null || value === undefined || value === 0 || value === '';
  return isNo || value === '0' || value === 'false' || value === 'f' ? 0 : 1;
}

/** Bytes, also where they are kept as text. */
export function bytesOf(row: Row, column: string): Buffer {
  const value = row[column];
  return value instanceof Uint8Array ? Buffer.from(value) : Buffer.from(textOf(row, column));
}

/** A time in milliseconds since 1970; undefined where there is none. Grafana's times without a zone are UTC. */
export function timeOf(row: Row, column: string): number | undefined {
  const value = row[column];
  const found = typeof value === 'string' ? DATE.exec(value) : null;
  if (found === null) return undefined;
  const [, day = '', clock = '00:00:00', fraction = '', zone = 'Z'] = found;
  const hours = /^[+-]\d\d$/.test(zone) ? `${zone}:00` : zone;
  const time = Date.parse(`${day}T${clock}${fraction.slice(0, 4)}${hours}`);
  return Number.isNaN(time) ? undefined : time;
}

/** When something expires, from seconds since 1970, in milliseconds; null is never, and undefined that it cannot be told. */
export function expiryOf(row: Row, column: string): number | null | undefined {
  const value = row[column];
  if (value === null || value === undefined) return null;
  // Further away than JavaScript can count.
  if (typeof value === 'bigint') return value > 0 ? null : 0;
  const seconds = integerOf(row, column);
  return seconds !== undefined && Number.isSafeInteger(seconds * 1000) ? seconds * 1000 : undefined;
}

/** When something was made and last changed; now, where the source does not say. */
export function timesOf(row: Row, now: number): { created_at: number; updated_at: number } {
  const created_at = timeOf(row, 'created') ?? now;
  return { created_at, updated_at: timeOf(row, 'updated') ?? created_at };
}

/** The members of a JSON object; none where the text is no such thing. */
export function objectOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    // Its only way to say that the text is no JSON.
    return undefined;
  }
}
