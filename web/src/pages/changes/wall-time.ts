import { zoneOf } from '../../lib/time.ts';

/** A moment as a field for date and time has it: what the clock on the wall shows in a zone. */
export function wallTimeOf(at: Date, zone: string): string {
  const clock = new Intl.DateTimeFormat('sv-SE', {
    dateStyle: 'short',
    timeStyle: 'short',
    ...zoneOf(zone),
  });
  return clock.format(at).replace(' ', 'T');
}

/** The moment at which the clock on the wall shows this; undefined for what is no time. */
export function momentOf(wallTime: string, zone: string): Date | undefined {
  const asUtc = Date.parse(`${wallTime}Z`);
  if (Number.isNaN(asUtc)) return undefined;
  const shift = (at: number): number => Date.parse(`${wallTimeOf(new Date(at), zone)}Z`) - at;
  // The first guess may lie on the other side of a change of the clocks.
  const guess = asUtc - shift(asUtc);
  return new Date(asUtc - shift(guess));
}
