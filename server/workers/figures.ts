import { AggregatorRegistry } from 'prom-client';
import type { Figures } from './calls.ts';

/** What several processes have counted, put together. */
export interface FiguresOfAll {
  /** What one of them has by now. */
  note(worker: object, figures: Figures): void;
  /** One is gone: what it had counted stays counted. */
  leave(worker: object): void;
  /** In the text form that Prometheus reads. */
  text(): Promise<string>;
}

/**
 * The sum of counters, and of gauges what each says of itself: their sum, mean, least, most or first. A counter never falls, since what
 * was last heard of a process that is gone is kept.
 */
export function figuresOfAll(): FiguresOfAll {
  const known = new Map<object, Figures>();
  let gone: Figures = [];

  const together = (all: Figures[]) => AggregatorRegistry.aggregate(all);

  return {
    note: (worker, figures) => void known.set(worker, figures),
    leave(worker) {
      const last = known.get(worker) ?? [];
      known.delete(worker);
      const counted = last.filter(({ type }) => type === 'counter' || type === 'histogram');
      if (counted.length > 0) gone = together([gone, counted]).getMetricsAsArray() as unknown as Figures;
    },
    text: () => together([gone, ...known.values()]).metrics(),
  };
}
