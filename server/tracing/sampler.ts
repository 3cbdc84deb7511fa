import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace';
import type { Config } from '../config/config.ts';

/** Which requests are traced: what their sender decided, else as configured. */
export function samplerOf({ sampler_type: type, sampler_param }: Config['tracing.opentelemetry']): Sampler {
  const param = Number(sampler_param);
  if (type === 'probabilistic') return new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(param) });
  if (type === 'rateLimiting') return new ParentBasedSampler({ root: rateLimiting(param) });
  return new ParentBasedSampler({ root: param === 0 ? new AlwaysOffSampler() : new AlwaysOnSampler() });
}

/** So many traces a second, saved up for one second. */
function rateLimiting(perSecond: number): Sampler {
  const most = Math.max(perSecond, 1);
  let left = most;
  let last = performance.now();
  return {
    shouldSample() {
      const now = performance.now();
      left = Math.min(most, left + ((now - last) / 1000) * perSecond);
      last = now;
      if (left < 1) return { decision: SamplingDecision.NOT_RECORD };
      left -= 1;
      return { decision: SamplingDecision.RECORD_AND_SAMPLED };
    },
    toString: () => `rateLimiting(${perSecond})`,
  };
}
