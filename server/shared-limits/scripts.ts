import { hash } from 'node:crypto';

export interface Script {
  text: string;
  sha: string;
}

/**
 * Takes from a bucket what is wanted, by the store's own clock. KEYS: the bucket. ARGV: capacity, what comes back in a millisecond,
 * how much is wanted, the least that may be left, and 1 where that least is left when there is not enough, or 0 where nothing is
 * taken then. Answers what is left, and 1 when it was taken. The arithmetic is that of `server/limits.ts`. A bucket is forgotten when
 * it is full, which is what one that is not there counts as.
 */
export const TAKE = script(`
local capacity, refill, wanted, least = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local units = capacity
local known = redis.call('GET', KEYS[1])
if known then
  local left, at = string.match(known, '^(%S+) (%S+)$')
  units = math.min(capacity, left + math.max(0, now - at) * refill)
end
local left, taken = units - wanted, 1
if left < least then
  if ARGV[5] == '1' then left = least else left, taken = units, 0 end
end
if left >= capacity then
  left = capacity
  if known then redis.call('DEL', KEYS[1]) end
else
  local full = string.format('%.0f', math.ceil((capacity - left) / refill))
  redis.call('SET', KEYS[1], string.format('%.0f %.0f', left, now), 'PX', full)
end
return {left, taken}
`);

/**
 * Takes one of a few places, until it is given back or its time is over. KEYS: the places. ARGV: who takes it, how many there are,
 * and for how many milliseconds. Answers 1, or 0 when all are taken.
 */
export const OCCUPY = script(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now))
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then return 0 end
redis.call('ZADD', KEYS[1], string.format('%.0f', now + ARGV[3]), ARGV[1])
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[3]) then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
return 1
`);

function script(text: string): Script {
  return { text, sha: hash('sha1', text) };
}
