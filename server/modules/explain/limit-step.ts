import type { Proof } from '../../access/identity.ts';
import type { Context } from '../../context.ts';
import { unitsAt, waitOf } from '../../limits.ts';
import { noted, passed, refused, type Step, timeText } from './steps.ts';

/** Whether the credential may ask as often as it does; undefined where requests are not limited. */
export function limitStep(
  { limits, now, config }: Context,
  { principal, credential }: Proof,
): Step | undefined {
  const { requests, lately } = limits;
  if (requests === undefined) return undefined;
  const { kind } = credential;
  const id = kind === 'password' ? principal.id : credential.id;
  const at = now();
  const { per_second: perSecond, burst } = config.rate_limiting;
  const allowed = `${perSecond} requests a second are let through, ${burst} at once`;
  const bucket = kind === 'machine' || kind === 'cloud' ? undefined : requests.buckets[kind].get(id);
  const wait = bucket === undefined ? 0 : waitOf(requests.limit, unitsAt(requests.limit, bucket, at));
  const advice = `Send less, or send it again when Retry-After says so; [rate_limiting] has the limits.`;
  if (wait > 0) {
    const text = `It asks too much: ${allowed}, and the next one in ${Math.ceil(wait / 1000)} s.`;
    return refused('limit', text, { advice });
  }
  const before = lately
    .list(at)
    .find((one) => one.reason === 'requests' && one.kind === kind && one.id === id && id !== 0);
  if (before === undefined) return passed('limit', `It does not ask too much: ${allowed}.`);
  return {
    ...noted(
      'limit',
      `It may ask again now, but ${before.refused} of its requests were answered 429 since ${timeText(before.since)}, the last one ` +
        `at ${timeText(before.lastAt)}: ${allowed}.`,
    ),
    advice,
  };
}
