/** A Prisma filter: the column contains the text, without regard to case. `%`, `_` and `\` match themselves. */
export const containsText = (text: string) =>
  ({ contains: text.replaceAll(/[\\%_]/g, String.raw`\$&`), mode: "insensitive" }) as const;
