// Counts a try by several rules in one step: by all of them, or, when one of them refuses, by none. So a try that its own
// limit refuses uses up nothing of what others share, in whatever order the rules stand, and one that a shared limit refuses
// leaves nothing behind. With Redis it is one trip: the library counts one key at a time, so the step is a script.
import { z } from "zod";
import type { CountStore } from "./count-store.ts";
import { countOf, keyPrefixOf, type Count, type Turn } from "./counters.ts";
import type { SharedRedis } from "./open-redis.ts";

/** A rule, and whose try it counts. */
export interface Tally {
  /** Of the rule. */
  readonly name: string;
  readonly key: string;
  readonly points: number;
  readonly seconds: number;
  /** Where this process counts it. */
  readonly store: CountStore;
}

export interface CountedTogether {
  /** The first rule that refuses, or null. Then nothing was counted. */
  readonly refusing: number | null;
  /** What each rule has counted, in the order of the rules. */
  readonly counts: readonly Count[];
}

export async function countTogether(
  tallies: readonly Tally[],
  { shared, turn }: { readonly shared: SharedRedis | null; readonly turn: Turn },
): Promise<CountedTogether> {
  if (tallies.length === 0) return { refusing: null, counts: [] };
  const answered = shared && (await turn.ask(() => countInRedis(shared, tallies)));
  return answered ?? countHere(tallies);
}

function countHere(tallies: readonly Tally[]): CountedTogether {
  const before = tallies.map(({ store, name, key }) => store.peek(`${name}:${key}`));
  const refusing = tallies.findIndex(({ points }, at) => (before[at]?.count ?? 0) >= points);
  const counts = tallies.map(({ store, name, key, points, seconds }, at) => {
    const seen =
      refusing === -1
        ? store.add(`${name}:${key}`, 1, seconds)
        : { count: 0, resetMs: seconds * 1_000, ...before[at] };
    return countOf(seen.count, { points, resetMs: seen.resetMs });
  });
  return { refusing: refusing === -1 ? null : refusing, counts };
}

/** The keys and their form are those of the library's counters: servers before and after this one share their counts. */
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

async function countInRedis({ redis }: SharedRedis, tallies: readonly Tally[]): Promise<CountedTogether> {
  const keys = tallies.map(({ name, key }) => `${keyPrefixOf(name)}:${key}`);
  const bounds = tallies.flatMap(({ points, seconds }) => [points, seconds]);
  const [refusing = 0, ...seen] = Answer.parse(await redis.eval(SCRIPT, keys.length, ...keys, ...bounds));
  return {
    refusing: refusing === 0 ? null : refusing - 1,
    counts: tallies.map(({ points }, at) =>
      countOf(seen[2 * at] ?? 0, { points, resetMs: seen[2 * at + 1] ?? 0 }),
    ),
  };
}
