import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  SamplingDecision,
} from '@opentelemetry/sdk-trace';
import type { Config } from '../config/config.ts';

/** Which requests are traced: what a remote parent decided, else as configured. */
export function samplerOf({ sampler_type: type, sampler_param }: Config['tracing.opentelemetry']): Sampler {
  const param = Number(sampler_param);
  const root = ownSampler(type, param);
  // What is below a request that is not traced is no span: a local parent that is not sampled is one that may not decide.
  return new ParentBasedSampler({ root, localParentNotSampled: root });
}

function ownSampler(type: string, param: number): Sampler {
  if (type === 'probabilistic') return byShare(param);
  if (type === 'rateLimiting') return rateLimiting(param);
  return param === 0 ? new AlwaysOffSampler() : new AlwaysOnSampler();
}

/** So many of all, by chance. Not by the trace's id, as who sends it may choose it. */
function byShare(share: number): Sampler {
  return {
    shouldSample: () => ({
      decision: Math.random() < share ? SamplingDecision.RECORD_AND_SAMPLED : SamplingDecision.NOT_RECORD,
    }),
    toString: () => `byShare(${share})`,
  };
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
