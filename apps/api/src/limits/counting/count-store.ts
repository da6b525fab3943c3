// Counts in this process's memory, in a table of fixed size: 16 bytes for each entry, whatever its key. There are no timers and
// no objects to collect. A key is kept as 32 bits of its hash, in one of the eight places of a row that other bits choose.
import { hash, randomBytes } from "node:crypto";

/** The count of a key. */
export interface Counted {
  readonly count: number;
  /** Until the count begins anew. */
  readonly resetMs: number;
}

export interface StoreStatistics {
  /** Places in use. Some of them may be free again, since their time is over. */
  readonly entries: number;
  readonly bytes: number;
  /** How many entries were dropped before their time was over. */
  readonly evicted: number;
}

export interface CountStore {
  /** Null when nothing is counted for the key. */
  peek(key: string): Counted | null;
  /** Adds to the key's count, which begins anew when its time is over. */
  add(key: string, spent: number, seconds: number): Counted;
  statistics(): StoreStatistics;
}

export interface CountStoreOptions {
  /** Rounded up to a power of two. */
  readonly mostEntries: number;
  /** Called for each entry that is dropped before its time is over. */
  readonly onEvicted?: () => void;
  /** Milliseconds of a clock that never goes back, from 0. */
  readonly now?: () => number;
}

const ROW = 8;
const BYTES_PER_ENTRY = 16;
const MOST_COUNT = 0xffff_ffff;

/**
 * When a row is full, the smallest count in it makes room, of equal ones the oldest. So a caller who floods the store with new
 * keys drops keys that were tried once or twice, and neither their own full counts nor that of an account that is guessed at.
 * Nobody outside can tell which keys share a row: the hash has a salt of this process.
 */
export function createCountStore(options: CountStoreOptions): CountStore {
  const { mostEntries, onEvicted, now = () => performance.now() } = options;
  const rows = 2 ** Math.ceil(Math.log2(Math.max(1, mostEntries / ROW)));
  const size = rows * ROW;
  const tags = new Uint32Array(size);
  const counts = new Uint32Array(size);
  // In milliseconds of the clock; 0 where there is no entry.
  const endsAt = new Float64Array(size);
  const salt = randomBytes(16).toString("hex");
  let entries = 0;
  let evicted = 0;

  const placeOf = (key: string): { row: number; tag: number } => {
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

  /** A place that nobody needs, or else that of the smallest count, the one that ends first. */
  const makeRoom = (row: number): number => {
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
      const at = find(placeOf(key));
      return at === null ? null : read(at);
    },
    add: (key, spent, seconds) => {
      const place = placeOf(key);
      const found = find(place);
      const at = found ?? makeRoom(place.row);
      if (found === null) {
        const isEvicted = isLive(at);
        if (endsAt[at] === 0) entries += 1;
        tags[at] = place.tag;
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
