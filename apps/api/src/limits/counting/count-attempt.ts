// Counts an attempt under several rules atomically: under all of them, or under none when one of them refuses. So an
// attempt that a caller's own limit refuses uses nothing of shared limits, and an attempt that a shared limit refuses
// leaves no counts. With Redis this is one round trip with a script, because the library counts only one key at a time.
import { z } from "zod";
import type { CountStore } from "./count-store.ts";
import { countOf, keyPrefixOf, type Count, type RedisAccess } from "./counters.ts";
import type { SharedRedis } from "./open-redis.ts";

/** A rule with the key under which it counts an attempt. */
export interface CountedRule {
  /** The name of the rule. */
  readonly name: string;
  readonly key: string;
  readonly points: number;
  readonly seconds: number;
  /** The store of this process, for counting without Redis. */
  readonly store: CountStore;
}

export interface CountedAttempt {
  /** The index of the first rule that refuses, or null. If a rule refuses, nothing was counted. */
  readonly refusing: number | null;
  /** The count of each rule, in the order of the rules. */
  readonly counts: readonly Count[];
}

export async function countAttempt(
  rules: readonly CountedRule[],
  { shared, redisAccess }: { readonly shared: SharedRedis | null; readonly redisAccess: RedisAccess },
): Promise<CountedAttempt> {
  if (rules.length === 0) return { refusing: null, counts: [] };
  const counted = shared && (await redisAccess.query(() => countInRedis(shared, rules)));
  return counted ?? countInProcess(rules);
}

function countInProcess(rules: readonly CountedRule[]): CountedAttempt {
  const before = rules.map(({ store, name, key }) => store.peek(`${name}:${key}`));
  const refusing = rules.findIndex(({ points }, at) => (before[at]?.count ?? 0) >= points);
  const counts = rules.map(({ store, name, key, points, seconds }, at) => {
    const seen =
      refusing === -1
        ? store.add(`${name}:${key}`, 1, seconds)
        : { count: 0, resetMs: seconds * 1_000, ...before[at] };
    return countOf(seen.count, { points, resetMs: seen.resetMs });
  });
  return { refusing: refusing === -1 ? null : refusing, counts };
}

/** The keys and values have the form of the library's counters, so older and newer servers share their counts. */
const SCRIPT = `
local refusing = 0
local counts = {}
for at, key in ipairs(KEYS) do
  counts[at] = tonumber(redis.call('get', key) or '0')
  if refusing == 0 and counts[at] >= tonumber(ARGV[2 * at - 1]) then refusing = at end
end
local answer = {refusing}
for at, key in ipairs(KEYS) do
  if refusing == 0 then
    redis.call('set', key, 0, 'EX', ARGV[2 * at], 'NX')
    counts[at] = redis.call('incr', key)
  end
  local ms = redis.call('pttl', key)
  if ms == -1 then redis.call('expire', key, ARGV[2 * at]) end
  if ms < 0 then ms = 1000 * ARGV[2 * at] end
  answer[2 * at] = counts[at]
  answer[2 * at + 1] = ms
end
return answer`;

const Answer = z.array(z.number());

async function countInRedis({ redis }: SharedRedis, rules: readonly CountedRule[]): Promise<CountedAttempt> {
  const keys = rules.map(({ name, key }) => `${keyPrefixOf(name)}:${key}`);
  const bounds = rules.flatMap(({ points, seconds }) => [points, seconds]);
  const [refusing = 0, ...seen] = Answer.parse(await redis.eval(SCRIPT, keys.length, ...keys, ...bounds));
  return {
    refusing: refusing === 0 ? null : refusing - 1,
    counts: rules.map(({ points }, at) =>
      countOf(seen[2 * at] ?? 0, { points, resetMs: seen[2 * at + 1] ?? 0 }),
    ),
  };
}
