import { ConfigError } from '../../config/config-error.ts';

/** Throws a ConfigError where a database took steps that this version does not know: a newer one did. */
export function refuseNewer(database: string, unknown: readonly string[]): void {
  if (unknown.length === 0) return;
  throw new ConfigError(
    `${database} was brought up to date by a newer Latchkey (${unknown.join(', ')}), and this one would not understand it. ` +
      'Nothing was changed. Install that version again, or restore a backup of before',
  );
}
