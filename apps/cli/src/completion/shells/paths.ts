import type { Suggestions } from "../suggest.ts";

/** The first line of the answer to each script: whether the shell completes a path, and whether it adds a space. */
export function firstLine({ paths, isOpen }: Pick<Suggestions, "paths" | "isOpen">): string {
  return paths ?? (isOpen ? "open" : "words");
}
