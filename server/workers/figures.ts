import { AggregatorRegistry, Counter, Gauge, Registry } from 'prom-client';
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

/** What the process that started the workers knows of them. */
export interface WorkersKnown {
  /** How many there are to be. */
  wanted: number;
  /** Those that are there and have not answered the last looks. */
  silent(): number;
  /** How many ended, and were to be replaced. */
  ended(): number;
}

/** The same as figures. */
export function figuresOfWorkers({ wanted, silent, ended }: WorkersKnown): () => Promise<Figures> {
  const registry = new Registry();
  const toBe = new Gauge({
    name: 'latchkey_workers_wanted',
    help: 'The processes that this server is to have; latchkey_workers says how many there are.',
    registers: [],
  });
  toBe.set(wanted);
  const silentNow = new Gauge({
    name: 'latchkey_workers_silent',
    help: 'Those of them that do not answer just now.',
    registers: [],
    collect() {
      this.set(silent());
    },
  });
  const endedEver = new Counter({
    name: 'latchkey_workers_ended_total',
    help: 'Those that ended without being told to, each of which is replaced.',
    registers: [],
    collect() {
      this.reset();
      this.inc(ended());
    },
  });
  for (const figure of [toBe, silentNow, endedEver]) registry.registerMetric(figure);
  return () => registry.getMetricsAsJSON() as unknown as Promise<Figures>;
}

/**
 * The sum of counters, and of gauges what each says of itself: their sum, mean, least, most or first. A counter never falls, since what
 * was last heard of a process that is gone is kept. `own` are those of this process.
 */
export function figuresOfAll(own: () => Promise<Figures>): FiguresOfAll {
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
    text: async () => together([gone, ...known.values(), await own()]).metrics(),
  };
}
