interface Changing {
  readonly createdAt: Date;
  /** Null until the first change. */
  readonly updatedAt: Date | null;
}

/** The time of the last change of a row: the value by which the database orders rows (packages/db/src/tenant/list-order.ts). */
export const lastChangeOf = ({ createdAt, updatedAt }: Changing): Date =>
  updatedAt !== null && updatedAt > createdAt ? updatedAt : createdAt;
