import { Failure } from "../failure.ts";

const DEEPEST = 32;
/** Four times what the largest input of the contract holds. A schema would find something wrong with each of them. */
export const MOST_VALUES = 2_000;

/**
 * Refuses what no operation accepts, before its schema sees it: nesting past 32, more values than any input has, NUL, which
 * PostgreSQL's text cannot hold, and lone surrogates, which are no Unicode text. @throws Failure input.invalid
 */
export function checkForm(input: unknown): void {
  let values = 0;
  const check = (part: unknown, path: string, depth: number): void => {
    values += 1;
    if (values > MOST_VALUES) throw refused("", `Must not hold more than ${MOST_VALUES} values.`);
    if (typeof part === "string") return checkText(part, path);
    if (typeof part !== "object" || part === null) return;
    if (depth >= DEEPEST) throw refused(path, `Must not be nested deeper than ${DEEPEST} levels.`);
    const below = path === "" ? "" : `${path}.`;
    if (Array.isArray(part)) {
      for (const [place, value] of part.entries()) check(value, `${below}${place}`, depth + 1);
      return;
    }
    for (const [key, value] of Object.entries(part)) {
      checkText(key, path);
      check(value, below + key, depth + 1);
    }
  };
  check(input, "", 0);
}

function checkText(text: string, path: string): void {
  if (text.includes("\0")) throw refused(path, "Must not contain a NUL character.");
  if (!text.isWellFormed()) throw refused(path, "Must be well-formed Unicode.");
}

function refused(path: string, message: string): Failure {
  // Deep or odd paths are the caller's own making: the answer repeats no more of them than fits a line.
  return new Failure("input.invalid", {
    fieldErrors: { [path.toWellFormed().replaceAll("\0", "").slice(0, 100)]: [message] },
  });
}
