import type { Config } from '../config/config.ts';
import { variableName } from '../config/env.ts';
import { findSetting } from '../config/settings.ts';
import { settingsInForce } from './settings-in-force.ts';

/** One setting in force, what it means, and how it is changed. */
export interface ExplainedSetting {
  section: string;
  key: string;
  /** Masked where it is secret. */
  value: string;
  default: string;
  meaning: string;
  allowed: string;
  variable: string;
  isSecret: boolean;
}

/** Every setting in force, in the order of the table. */
export function settingsExplained(config: Config): ExplainedSetting[] {
  return Object.entries(settingsInForce(config)).flatMap(([section, values]) =>
    Object.entries(values).flatMap(([key, value]) => {
      const setting = findSetting(section, key);
      if (setting === undefined) return [];
      const { meaning, allowed, secret } = setting;
      return {
        section,
        key,
        value,
        default: setting.default,
        meaning,
        allowed,
        variable: variableName(section, key),
        isSecret: secret === 'whole',
      };
    }),
  );
}
