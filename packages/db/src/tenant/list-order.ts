// The orders of the lists of tasks and projects, as SQL. Each order ends with the id, so that no two rows are equal in it, and
// has an index of its own.

/** `last_changed`: the row that changed last comes first. A row that never changed counts as changed at its creation. */
export type ListOrder = "newest" | "oldest" | "last_changed";

/** Where a page begins: after this row. */
export interface ListPosition {
  readonly id: string;
  /** When the row last changed. Only `last_changed` needs it. */
  readonly changedAt?: Date | undefined;
}

/** The expression of the indexes: PostgreSQL uses them for no other. updated_at is null until the first change. */
const CHANGED_AT = "greatest(updated_at, created_at)";

interface OrderSql {
  /** A prefix for the names of prepared statements. */
  readonly letter: string;
  readonly orderBy: string;
  /** The same order, for the named columns of a page. */
  readonly orderOfPage: string;
  /** The condition for the rows after a position. Each call of `parameter` adds a parameter of the statement. */
  readonly after: (position: ListPosition, parameter: (value: unknown) => string) => string;
}

export const orderSql: Readonly<Record<ListOrder, OrderSql>> = {
  newest: {
    letter: "",
    orderBy: "id DESC",
    orderOfPage: "id DESC",
    after: ({ id }, parameter) => `id < ${parameter(id)}`,
  },
  oldest: {
    letter: "o",
    orderBy: "id",
    orderOfPage: "id",
    after: ({ id }, parameter) => `id > ${parameter(id)}`,
  },
  last_changed: {
    letter: "c",
    orderBy: `${CHANGED_AT} DESC, id DESC`,
    orderOfPage: 'greatest("updatedAt", "createdAt") DESC, id DESC',
    after: ({ id, changedAt }, parameter) => {
      if (changedAt === undefined)
        throw new TypeError("A position in last_changed needs the time of the change.");
      return `(${CHANGED_AT}, id) < (${parameter(changedAt)}::timestamptz, ${parameter(id)}::uuid)`;
    },
  },
};

interface Listing {
  readonly table: string;
  /** The selected columns, with their names in the row. */
  readonly columns: string;
  readonly conditions: readonly string[];
  readonly order: ListOrder;
  readonly isSearch: boolean;
}

/** A page of a list. The parameter `$1` is its limit. */
export function listSql({ table, columns, conditions, order, isSearch }: Listing): string {
  const rows = `SELECT ${columns} FROM ${table} WHERE ${conditions.join(" AND ")}`;
  // A search reads the index of the titles, which is not in this order. OFFSET 0 keeps the planner from using the index of the
  // order, which would read each title from the table.
  return isSearch && order === "last_changed"
    ? `SELECT * FROM (${rows} OFFSET 0) AS found ORDER BY ${orderSql[order].orderOfPage} LIMIT $1`
    : `${rows} ORDER BY ${orderSql[order].orderBy} LIMIT $1`;
}
