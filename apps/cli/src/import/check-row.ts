// What the server would refuse anyway, in the server's words (a test holds the two together): a row refused here does
// not cost the 99 others of its call a second trip. The server stays the judge of what passes.

export const statuses = ["todo", "doing", "done"] as const;

export type Status = (typeof statuses)[number];

const MOST_CHARACTERS = 200;

export const checkTitle = (title: string): string | undefined =>
  checkLine(title, /[^\P{Cc}\t]/u, "Must not contain control characters other than a tab.");

export const checkName = (name: string): string | undefined =>
  checkLine(name, /\p{Cc}/u, "Must not contain control characters.");

export function checkStatus(status: string): string | undefined {
  if (status === "" || statuses.some((known) => known === status)) return undefined;
  return `Invalid option: expected one of ${statuses.map((known) => `"${known}"`).join("|")}`;
}

function checkLine(text: string, forbidden: RegExp, message: string): string | undefined {
  if (text === "") return "Must not be empty.";
  if (Array.from(text).length > MOST_CHARACTERS) return `Must be at most ${MOST_CHARACTERS} characters.`;
  return forbidden.test(text) ? message : undefined;
}
