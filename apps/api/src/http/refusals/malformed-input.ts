// Describes an input that is not well-formed JSON: where the error is, and what corrects it.
import { Failure } from "../../rpc/failures/failure.ts";
import { findJsonError, type JsonError } from "./find-json-error.ts";

export interface SentInput {
  readonly url: string;
  readonly method: string;
  /** The text of the body; undefined if there is none. */
  readonly body: unknown;
}

/** Describes the input of calls that could not be parsed, or returns null if it is well-formed. */
export function describeMalformedInput({ url, method, body }: SentInput): Failure | null {
  const start = url.indexOf("?");
  const query = start === -1 ? "" : url.slice(start + 1);
  const parameters = new URLSearchParams(query);
  const isQuery = method === "GET";
  const text = isQuery ? (parameters.get("input") ?? "") : typeof body === "string" ? body : "";
  const source = isQuery ? "query parameter input" : "body";
  const error = findJsonError(text);
  if (!error) {
    return parameters.get("batch") === "1" ? Failure.because("input.malformed", "batch", { source }) : null;
  }
  if (isQuery && !isPercentEncoded(query)) return Failure.because("input.malformed", "escape", {});
  if (text[error.offset] === "\0") return Failure.because("input.malformed", "utf16", { source });
  if (error.offset >= text.length) {
    return Failure.because("input.malformed", "end", { source, length: text.length });
  }
  return Failure.because("input.malformed", "json", { source, ...describe(text, error) });
}

/** Describes a body that cannot be decoded as UTF-8. */
export function describeUndecodableBody(body: Buffer, contentType: string | undefined): Failure {
  const charset = /;\s*charset\s*=\s*"?([\w.:-]+)/i.exec(contentType ?? "")?.[1]?.toLowerCase() ?? "utf-8";
  if (charset !== "utf-8" && charset !== "utf8") return Failure.because("input.media_type", "charset", {});
  const mark = body.subarray(0, 2).toString("hex");
  const cause = mark === "fffe" || mark === "feff" ? "utf16" : "utf8";
  return Failure.because("input.malformed", cause, { source: "body" });
}

function isPercentEncoded(query: string): boolean {
  try {
    decodeURIComponent(query);
    return true;
  } catch {
    // The runtime's error says nothing more.
    return false;
  }
}

function describe(text: string, { offset, expected }: JsonError) {
  const before = text.slice(0, offset);
  const line = before.split("\n").length;
  const character = offset - before.lastIndexOf("\n");
  const letter = String.fromCodePoint(text.codePointAt(offset) ?? 0);
  return { found: nameOf(letter), line, character, hint: hintFor(letter, { before, expected }) };
}

/** Names a character. Only printable ASCII is repeated. */
function nameOf(letter: string): string {
  if (/^[\x21-\x7e]$/.test(letter)) return `unexpected ${letter}`;
  return `unexpected U+${letter.codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0")}`;
}

interface Place {
  readonly before: string;
  readonly expected: JsonError["expected"];
}

function hintFor(letter: string, { before, expected }: Place): string {
  if (expected === "nothing") return "Remove everything after the first value.";
  if (expected === "text") return String.raw`Escape line breaks in a text as \n, and a backslash as \\.`;
  if (letter === "'" || (expected === "key" && /[\w$]/.test(letter))) return "Use double quotes.";
  if ((letter === "}" || letter === "]") && before.trimEnd().endsWith(","))
    return "Remove the comma before it.";
  if (expected === "colon") return "Write a colon after the name of the field.";
  if (expected === "separator") return "Write a comma between two values.";
  return "Correct it and send it again.";
}
