// Counts in the memory of this process, in a table of fixed size with 16 bytes per entry, without timers and without
// objects to collect. A key is stored as 32 bits of its hash, in one of the eight entries of a row that other bits of the
// hash select.
import { hash, randomBytes } from "node:crypto";

/** The count of a key. */
export interface Counted {
  readonly count: number;
  /** The milliseconds until the count restarts at zero. */
  readonly resetMs: number;
}

export interface StoreStatistics {
  /** The used entries. Some of them may have expired. */
  readonly entries: number;
  readonly bytes: number;
  /** The number of entries that were dropped before they expired. */
  readonly evicted: number;
}

export interface CountStore {
  /** Null when nothing is counted for the key. */
  peek(key: string): Counted | null;
  /** Adds to the count of a key. The count restarts at zero when its window has ended. */
  add(key: string, spent: number, seconds: number): Counted;
  statistics(): StoreStatistics;
}

export interface CountStoreOptions {
  /** The number of entries, rounded up to a power of two. */
  readonly mostEntries: number;
  /** Called for each entry that is dropped before it expires. */
  readonly onEvicted?: () => void;
  /** The milliseconds of a monotonic clock that starts at 0. */
  readonly now?: () => number;
}

const ROW = 8;
const BYTES_PER_ENTRY = 16;
const MOST_COUNT = 0xffff_ffff;

/**
 * Creates a store. When a row is full, the entry with the smallest count is dropped, and the oldest of equal ones. So a
 * flood of new keys drops keys with one or two attempts, but neither the caller's own exhausted counts nor the count of an
 * attacked account. The hash is salted per process, so a caller cannot find keys that share a row.
 */
export function createCountStore(options: CountStoreOptions): CountStore {
  const { mostEntries, onEvicted, now = () => performance.now() } = options;
  const rows = 2 ** Math.ceil(Math.log2(Math.max(1, mostEntries / ROW)));
  const size = rows * ROW;
  const tags = new Uint32Array(size);
  const counts = new Uint32Array(size);
  // The expiry in milliseconds of the clock; 0 for an unused entry.
  const endsAt = new Float64Array(size);
  const salt = randomBytes(16).toString("hex");
  let entries = 0;
  let evicted = 0;

  const locate = (key: string): { row: number; tag: number } => {
    const digest = hash("sha256", salt + key, "buffer");
    return { row: (digest.readUInt32LE(0) % rows) * ROW, tag: digest.readUInt32LE(4) };
  };
  const isLive = (at: number): boolean => (endsAt[at] ?? 0) > now();
  const countAt = (at: number): number => counts[at] ?? 0;
  const read = (at: number): Counted => ({ count: countAt(at), resetMs: (endsAt[at] ?? 0) - now() });

  const find = ({ row, tag }: { row: number; tag: number }): number | null => {
    for (let at = row; at < row + ROW; at += 1) if (tags[at] === tag && isLive(at)) return at;
    return null;
  };

  /** The index of a free or expired entry, or else of the smallest count, and of equal ones the first to expire. */
  const findReplaceable = (row: number): number => {
    let smallest = row;
    for (let at = row; at < row + ROW; at += 1) {
      if (!isLive(at)) return at;
      const isSmaller = countAt(at) < countAt(smallest);
      const isOlder = countAt(at) === countAt(smallest) && (endsAt[at] ?? 0) < (endsAt[smallest] ?? 0);
      if (isSmaller || isOlder) smallest = at;
    }
    return smallest;
  };

  return {
    peek: (key) => {
      const at = find(locate(key));
      return at === null ? null : read(at);
    },
    add: (key, spent, seconds) => {
      const location = locate(key);
      const found = find(location);
      const at = found ?? findReplaceable(location.row);
      if (found === null) {
        const isEvicted = isLive(at);
        if (endsAt[at] === 0) entries += 1;
        tags[at] = location.tag;
        counts[at] = 0;
        endsAt[at] = now() + seconds * 1_000;
        if (isEvicted) evicted += 1;
        if (isEvicted) onEvicted?.();
      }
      counts[at] = Math.min(MOST_COUNT, countAt(at) + spent);
      return read(at);
    },
    statistics: () => ({ entries, bytes: size * BYTES_PER_ENTRY, evicted }),
  };
}
