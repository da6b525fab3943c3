const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** From each number of milliseconds on, the unit is used. */
const units = [
  [365 * DAY, "year"],
  [120 * DAY, "month", 30 * DAY],
  [2 * DAY, "day", DAY],
  [2 * HOUR, "hour", HOUR],
  [2 * MINUTE, "minute", MINUTE],
] as const;

/** Formats a time relative to now: `3 hours ago`, `in 29 days`, `just now`. Units are rounded down. */
export function relativeTime(at: string, now: Date): string {
  const difference = new Date(at).getTime() - now.getTime();
  const size = Math.abs(difference);
  const found = units.find(([from]) => size >= from);
  if (!found) return size < MINUTE ? "just now" : difference < 0 ? "1 minute ago" : "in 1 minute";
  const [from, unit, length = from] = found;
  const count = Math.floor(size / length);
  const text = `${count} ${unit}${count === 1 ? "" : "s"}`;
  return difference < 0 ? `${text} ago` : `in ${text}`;
}
