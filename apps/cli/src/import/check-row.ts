// Checks a row as the server does, with the same messages (a test compares them). A row refused here does not force a
// second request for the 99 others of its call. The server still validates every row.
import { taskStatuses } from "../choices.ts";
import { lengthOf } from "./cut-title.ts";

const VISIBLE = /[^\s\p{Default_Ignorable_Code_Point}\u2800\uFFF9-\uFFFB\u{1D159}]/u;
/** The maximum number of characters of a title or a name, in code points. */
export const MAX_CHARACTERS = 200;

export const checkTitle = (title: string): string | undefined =>
  checkLine(title, /[^\P{Cc}\t]/u, "Must not contain control characters other than a tab.");

export const checkName = (name: string): string | undefined =>
  checkLine(name, /\p{Cc}/u, "Must not contain control characters.");

/** The server's message for an unknown status. */
export const UNKNOWN_STATUS = `Must be one of ${taskStatuses.join(", ")}.`;

function checkLine(text: string, forbidden: RegExp, message: string): string | undefined {
  if (text === "") return "Must not be empty.";
  if (!VISIBLE.test(text)) return "Must contain a visible character.";
  if (lengthOf(text) > MAX_CHARACTERS) return `Must be at most ${MAX_CHARACTERS} characters.`;
  return forbidden.test(text) ? message : undefined;
}
