import { Failure } from "./failure.ts";

const DEEPEST = 32;

/**
 * Refuses what no operation accepts, before its schema sees it: nesting past 32, NUL, which PostgreSQL's text
 * cannot hold, and lone surrogates, which are no Unicode text. @throws Failure input.invalid
 */
export function checkForm(input: unknown, path = "", depth = 0): void {
  if (typeof input === "string") return checkText(input, path);
  if (typeof input !== "object" || input === null) return;
  if (depth >= DEEPEST) throw refused(path, `Must not be nested deeper than ${DEEPEST} levels.`);
  for (const [key, value] of Object.entries(input)) {
    checkText(key, path);
    checkForm(value, path === "" ? key : `${path}.${key}`, depth + 1);
  }
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
