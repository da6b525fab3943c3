/** Formats a number with its noun: `1 task`, `214 tasks`. */
export const count = (many: number, one: string, several = `${one}s`): string =>
  `${many.toLocaleString("en-US")} ${many === 1 ? one : several}`;

/** Formats a count of the server, which stops at a maximum: `10,000 or more tasks`. */
export const countUpTo =
  (most: number) =>
  (many: number, one: string, several?: string): string =>
    many < most
      ? count(many, one, several)
      : `${most.toLocaleString("en-US")} or more ${several ?? `${one}s`}`;

/** Joins words: `a`, `a and b`, `a, b and c`. */
export function joinWords(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} and ${last}`;
}
