import { ConfigError } from './config-error.ts';
import type { LevelMap, LogLevel } from './kinds.ts';

/** Levels of modules from one place, and how strong that place is. */
type FilterPart = { readonly levels: LevelMap; readonly layer: number; readonly place: string };

/** One map out of `[log] filters` and `[log.filters]`; two places of the same strength may not disagree. */
export function mergeFilters(parts: readonly FilterPart[]): LevelMap {
  const merged = Object.create(null) as Record<string, LogLevel>;
  const winners = new Map<string, FilterPart>();
  for (const part of parts) {
    for (const [module, level] of Object.entries(part.levels)) {
      const winner = winners.get(module);
      if (winner !== undefined && winner.layer > part.layer) continue;
      if (winner !== undefined && winner.layer === part.layer && winner.levels[module] !== level) {
        throw new ConfigError(
          `${winner.place} and ${part.place} give different levels for ${module}; set one of them`,
        );
      }
      winners.set(module, part);
      merged[module] = level;
    }
  }
  return merged;
}
