/** Text that contains the words as they are, whatever their case: `%` and `_` mean themselves. */
export const containsText = (text: string) =>
  ({ contains: text.replaceAll(/[\\%_]/g, String.raw`\$&`), mode: "insensitive" }) as const;
