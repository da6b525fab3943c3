// Checks a row as the server does, with the same messages (a test compares them). A row refused here does not force a
// second request for the 99 others of its call. The server still validates every row.
import { taskStatuses } from "../choices.ts";

const MAX_CHARACTERS = 200;

export const checkTitle = (title: string): string | undefined =>
  checkLine(title, /[^\P{Cc}\t]/u, "Must not contain control characters other than a tab.");

export const checkName = (name: string): string | undefined =>
  checkLine(name, /\p{Cc}/u, "Must not contain control characters.");

export function checkStatus(status: string): string | undefined {
  if (status === "" || taskStatuses.some((known) => known === status)) return undefined;
  return `Must be one of ${taskStatuses.join(", ")}.`;
}

function checkLine(text: string, forbidden: RegExp, message: string): string | undefined {
  if (text === "") return "Must not be empty.";
  if (Array.from(text).length > MAX_CHARACTERS) return `Must be at most ${MAX_CHARACTERS} characters.`;
  return forbidden.test(text) ? message : undefined;
}
