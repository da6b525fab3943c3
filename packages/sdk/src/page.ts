/** One page of a list. */
export interface Page<T> {
  items: T[];
  /** The `cursor` of the input for the next page. Null on the last page. */
  nextCursor: string | null;
}
