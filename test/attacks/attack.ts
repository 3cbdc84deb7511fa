import { expect, test } from 'vitest';
import type { AttackRecord } from '../support/attack-table.ts';

/** Whether `npm run attack` runs: more is tried, and what takes long is tried too. */
export const IN_FULL = process.env['LATCHKEY_ATTACKS'] === 'full';

/** Counts what was tried: one try, or as many as are said. */
export type Tried = (count?: number) => void;

/**
 * A test named after the attack, with what holds it. It throws when the attack gets through, or when nothing was tried;
 * `npm run attack` prints the table of them all.
 */
export function attack(
  title: string,
  heldBy: string,
  run: (tried: Tried) => Promise<void>,
  timeout = IN_FULL ? 600_000 : 120_000,
): void {
  // oxlint-disable-next-line vitest/valid-title
  test(title, { timeout }, async ({ task }) => {
    const record: AttackRecord = { heldBy, tried: 0 };
    task.meta.attack = record;
    await run((count = 1) => void (record.tried += count));
    expect(record.tried, 'nothing was tried').toBeGreaterThan(0);
  });
}
