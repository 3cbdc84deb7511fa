import type { Tally } from './report.ts';
import type { Secrets } from './secrets.ts';

const KIND = 'data source secret';
const LONGEST = 100_000;

/** The secrets of a data source that can be kept, telling of the others. */
export function fitSecrets(
  secrets: Secrets | undefined,
  { id, name }: { id: number; name: string },
  tally: Tally,
): Record<string, string> {
  const { plain, faults } = secrets ?? { plain: {}, faults: [] };
  const large = Object.keys(plain).filter((secret) => isTooLong(plain[secret]));
  const left = [
    ...faults,
    ...large.map((secret) => ({ name: secret, fault: `it is longer than ${LONGEST} characters` })),
  ];
  tally.add(KIND, 'found', Object.keys(plain).length + faults.length);
  for (const { name: secret, fault } of left) tally.skip(KIND, { id, name: `${secret} of ${name}` }, fault);
  const kept = Object.entries(plain).filter(([, value]) => !isTooLong(value));
  tally.add(KIND, 'brought', kept.length);
  return Object.fromEntries(kept);
}

function isTooLong(value: string | undefined): boolean {
  return (value?.length ?? 0) > LONGEST;
}

/** Whether there is none that another secret key might open. */
export function isComplete(secrets: Secrets | undefined): boolean {
  return secrets === undefined || secrets.faults.length === 0;
}
