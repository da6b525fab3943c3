// A candidate reaches the command line of a shell, so text of other people must not contain what could act there: a control
// character could end the line, and a direction override could hide what is in it.
import { sanitize } from "../terminal/sanitize.ts";

/** A word that can complete the command line. */
export interface Candidate {
  readonly value: string;
  readonly description?: string | undefined;
}

/** An object of the server that a command can name. */
export interface NamedValue {
  readonly id: string;
  readonly name: string;
  readonly description?: string | undefined;
}

/**
 * Returns a candidate for each object: its name, or its id with the name as the description if the name is not unique, reads as an
 * option, or contains characters that control a terminal.
 */
export function byName(values: readonly NamedValue[]): Candidate[] {
  const count = new Map<string, number>();
  for (const { name } of values) count.set(folded(name), (count.get(folded(name)) ?? 0) + 1);
  return values.flatMap(({ id, name, description }) => {
    const isUsable = isPlain(name) && !name.startsWith("-") && name.trim() !== "";
    if (isUsable && count.get(folded(name)) === 1) return [{ value: name, description }];
    return byId([{ id, name }]);
  });
}

/** Returns the id of each object, with its name as the description. */
export const byId = (values: readonly NamedValue[]): Candidate[] =>
  values
    .filter(({ id }) => /^[\w-]+$/.test(id) && !id.startsWith("-"))
    .map(({ id, name }) => ({ value: id, description: describe(name) }));

/** Returns text that fits one line of a list. */
export function describe(text: string): string {
  const characters = Array.from(sanitize(text));
  return characters.length <= 60 ? characters.join("") : `${characters.slice(0, 59).join("")}…`;
}

/** Returns true for text without characters that control a terminal or end a line. */
export const isPlain = (text: string): boolean =>
  sanitize(text) === text && text.isWellFormed() && !/[\u200b\u200e\u200f\ufeff]/.test(text);

const folded = (name: string): string => name.normalize("NFC").toLowerCase();
