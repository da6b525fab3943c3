// The kinds of column that lists consist of.
import { relativeTime } from "../terminal/relative-time.ts";
import type { Column } from "../terminal/table.ts";

type More<T> = Omit<Column<T>, "head" | "cell" | "shown">;

/** An id, which a narrow terminal shortens to a prefix that commands accept. */
export const idColumn = <T>(id: (item: T) => string, more: More<T> = {}): Column<T> => ({
  head: "ID",
  cell: id,
  isId: true,
  ...more,
});

/** A status or a role, in colour. */
export const wordColumn = <T>(head: string, word: (item: T) => string, more: More<T> = {}): Column<T> => ({
  head,
  cell: word,
  isColoured: true,
  ...more,
});

/** A time: `3 hours ago` on a terminal, and in ISO 8601 for programs. Without one it is `never` on a terminal, and empty otherwise. */
export const timeColumn = <T>(
  head: string,
  time: (item: T) => string | null,
  more: More<T> = {},
): Column<T> => ({
  head,
  cell: (item) => time(item) ?? "",
  shown: (item, now) => {
    const at = time(item);
    return at === null ? "never" : relativeTime(at, now);
  },
  priority: 4,
  ...more,
});

/** A mark beside an item, such as `*`, on a terminal only. */
export const markColumn = <T>(mark: (item: T) => string): Column<T> => ({
  head: "",
  cell: mark,
  onTerminalOnly: true,
});
