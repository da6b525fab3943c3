import type { Suggestions } from "../suggest.ts";

/** Returns a line for each candidate: the whole word, a tab, and the description. No candidate contains a tab or a line break. */
export const tabbed = ({ typed, candidates }: Suggestions): string[] =>
  candidates.map(({ value, description }) => `${typed}${value}\t${description ?? ""}`);
