import { Counter, Histogram } from 'prom-client';

const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const LABELS = ['method', 'route', 'status'] as const;
type Labels = Record<(typeof LABELS)[number], string>;

/** The answers of one route with one status, in numbers. */
export interface AnswersAlike {
  labels: Labels;
  /** By the first bucket that an answer fits in; the last is for those that fit in none. */
  inBuckets: Float64Array;
  /** Of all together. */
  seconds: number;
}

/**
 * How many answers there were and how long they took, for Prometheus. Counting one takes no look-up and makes nothing: labels are put
 * together when the figures are read.
 */
export function createAnswerFigures(prefix: string) {
  const all: AnswersAlike[] = [];
  const requests = new Counter({
    name: `${prefix}_requests_total`,
    help: 'Requests answered.',
    labelNames: LABELS,
    registers: [],
    collect() {
      this.reset();
      for (const { labels, inBuckets } of all) this.inc(labels, sumOf(inBuckets));
    },
  });
  const about = {
    name: `${prefix}_request_duration_seconds`,
    help: 'Time from the request to the end of its answer.',
    aggregator: 'sum',
  } as const;
  const seconds = Object.assign(new Histogram({ ...about, labelNames: LABELS, registers: [] }), {
    // What the library reads the figures of a histogram by, be it for the text or for another process.
    getForPromString: () =>
      Promise.resolve({
        ...about,
        type: 'histogram',
        values: all.flatMap((alike) => valuesOf(about.name, alike)),
      }),
  });
  return {
    requests,
    seconds,
    /** Where answers with these labels are counted from now on. */
    begin(labels: Labels): AnswersAlike {
      const alike = { labels, inBuckets: new Float64Array(BUCKETS.length + 1), seconds: 0 };
      all.push(alike);
      return alike;
    },
  };
}

/** Counts an answer. */
export function countAnswer(alike: AnswersAlike, seconds: number): void {
  let at = 0;
  while (seconds > (BUCKETS[at] ?? Infinity)) at++;
  alike.inBuckets[at] = (alike.inBuckets[at] ?? 0) + 1;
  alike.seconds += seconds;
}

function valuesOf(name: string, { labels: sharedLabels, inBuckets, seconds }: AnswersAlike) {
  let total = 0;
  const buckets = Array.from(inBuckets, (count, at) => {
    total += count;
    const labels = { le: BUCKETS[at] ?? '+Inf' };
    return { metricName: `${name}_bucket`, labels, sharedLabels, value: total };
  });
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels: {}, sharedLabels, value: seconds },
    { metricName: `${name}_count`, labels: {}, sharedLabels, value: total },
  ];
}

function sumOf(counts: Float64Array): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
