import type { Failure } from "../failures/failure.ts";
import { invalidFields } from "../failures/invalid-input.ts";

const MAX_DEPTH = 32;
/** Four times the number of values in the largest input of the contract. It bounds the errors that a schema can report. */
export const MAX_VALUES = 2_000;

/**
 * Rejects input that no operation accepts before a schema parses it: more than 32 levels of nesting, more than 2,000
 * values, NUL characters, which PostgreSQL's text type cannot store, and lone surrogates, which are not well-formed
 * Unicode.
 * @throws Failure input.invalid
 */
export function checkInputStructure(input: unknown): void {
  let values = 0;
  const check = (part: unknown, path: string, depth: number): void => {
    values += 1;
    if (values > MAX_VALUES) throw invalidPart("", `Must not hold more than ${MAX_VALUES} values.`);
    if (typeof part === "string") return checkText(part, path);
    if (typeof part !== "object" || part === null) return;
    if (depth >= MAX_DEPTH) throw invalidPart(path, `Must not be nested deeper than ${MAX_DEPTH} levels.`);
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
  if (text.includes("\0")) throw invalidPart(path, "Must not contain a NUL character.");
  if (!text.isWellFormed()) throw invalidPart(path, "Must be well-formed Unicode.");
}

function invalidPart(path: string, message: string): Failure {
  // The caller chooses the path, so the error repeats at most 100 characters of it.
  return invalidFields({ [path.toWellFormed().replaceAll("\0", "").slice(0, 100)]: [message] });
}
