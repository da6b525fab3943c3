// Pages of an array, as the server returns pages of a table.
import type { Page } from "../page.ts";
import { projoError } from "./failures.ts";

/** The options of {@link listOf}. */
export interface ListOptions<T, Input> {
  /** Returns true for an item that the filters of the input select. Default: each filter is equal to the field of its name. */
  matches?: ((item: T, input: Input) => boolean) | undefined;
}

interface ListCall {
  readonly operation: string;
  readonly workspaceId: string | undefined;
}

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;

/**
 * Answers a list operation with pages of the items, in their order. Limits and cursors work as those of the server: a cursor
 * is valid only for the same operation, workspace and filters, and a page begins after the last item of the previous page,
 * also when items were added or removed in between.
 *
 * @example
 * const client = createTestClient({ "tasks.list": listOf(tasks) });
 *
 * @throws Error for a filter that is not a field of the items. Pass `matches` for it
 */
export function listOf<T, Input extends object>(
  items: readonly T[] | (() => readonly T[]),
  { matches }: ListOptions<T, Input> = {},
): (input: Input, call: ListCall) => Page<T> {
  return (input, { operation, workspaceId }) => {
    const fields = entriesOf(input).filter(([, value]) => value !== undefined);
    const { limit = DEFAULT_LIMIT, cursor } = Object.fromEntries(fields);
    if (typeof limit !== "number" || !Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
      const message = `limit must be a whole number from 1 to ${MAX_LIMIT}.`;
      throw projoError("input.invalid", { message, fieldErrors: { limit: [message] } });
    }
    const filters = fields.filter(([name]) => name !== "limit" && name !== "cursor");
    // Sort in place: toSorted is missing in some runtimes that have fetch.
    filters.sort(([a], [b]) => (a < b ? -1 : 1));
    const scope = JSON.stringify([operation, workspaceId, filters]);
    const all = typeof items === "function" ? items() : items;
    const found = all.filter((item) => matches?.(item, input) ?? hasFields(item, filters, operation));
    const start = cursor === undefined ? 0 : startAfter(cursor, scope, found);
    const page = found.slice(start, start + limit);
    const end = start + page.length;
    return { items: page, nextCursor: end < found.length ? cursorOf(end, idOf(page.at(-1)), scope) : null };
  };
}

function hasFields(item: unknown, filters: readonly [string, unknown][], operation: string): boolean {
  const fields = entriesOf(item);
  return filters.every(([filter, value]) => {
    const field = fields.find(([name]) => name === filter);
    if (field === undefined) {
      throw new Error(
        `listOf cannot apply the filter ${filter} of ${operation}: the items have no such field. Pass { matches }.`,
      );
    }
    return field[1] === value;
  });
}

function cursorOf(end: number, id: unknown, scope: string): string {
  return encodeURIComponent(JSON.stringify([end, id, scope]));
}

function startAfter(cursor: unknown, scope: string, found: readonly unknown[]): number {
  const [end, id, cursorScope] = parseCursor(String(cursor));
  if (typeof end !== "number" || cursorScope !== scope) throw projoError("cursor.invalid");
  if (id === null) return end;
  const index = found.findIndex((item) => idOf(item) === id);
  // If the last item was removed, the item after it has taken its place.
  return index === -1 ? end - 1 : index + 1;
}

function parseCursor(cursor: string): readonly unknown[] {
  try {
    const parsed: unknown = JSON.parse(decodeURIComponent(cursor));
    return Array.isArray(parsed) ? Array.from<unknown>(parsed) : [];
  } catch {
    // Not a cursor of this list. The caller reports it.
    return [];
  }
}

function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}

function idOf(item: unknown): unknown {
  return typeof item === "object" && item !== null && "id" in item ? item.id : null;
}
