/** Returns the text of a value without a line end at its end; undefined if there is nothing to print. */
export type FormatValue = (value: unknown) => string | undefined;
