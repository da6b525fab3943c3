// What the nouns share: ids, emails, names, dates and pages. Lengths are counted in Unicode code points, as
// PostgreSQL's char_length and JSON Schema's maxLength do.
import { z } from "zod";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** An id: a UUID in lower case, made by the server. */
export const id = z
  .string()
  .regex(UUID, "Must be an id: a UUID in lower case.")
  .meta({ format: "uuid", pattern: undefined });

/** ASCII, at most 254 characters (RFC 5321 4.5.3.1.3 less the brackets), compared in lower case. */
export const email = z
  .email("Must be an email address.")
  .max(254, "Must be at most 254 characters.")
  .toLowerCase()
  .meta({ pattern: undefined });

/** What PostgreSQL reads as it is written: year 0 is none of its, and year 10000 has another spelling. */
function isInCommonEra(value: string): boolean {
  const time = Date.parse(value);
  return time >= FIRST && time <= LAST;
}

const FIRST = Date.parse("0001-01-01T00:00:00Z");
const LAST = Date.parse("9999-12-31T23:59:59.999Z");

/** A date and time in ISO 8601 with an offset, e.g. `2026-01-31T12:00:00Z`. */
export const dateTime = z.iso
  .datetime({ offset: true, error: "Must be a date and time such as 2026-01-31T12:00:00Z." })
  .refine(isInCommonEra, "Must lie in the years 1 to 9999 (UTC).")
  .max(40, "Must be at most 40 characters.")
  .meta({ pattern: undefined });

const codePoints = (text: string): number => Array.from(text).length;

/** Whether the text has no more code points. One is one or two code units, so that most texts need no counting. */
const hasAtMost = (max: number, text: string): boolean =>
  text.length <= max || (text.length <= 2 * max && codePoints(text) <= max);

/** Whether the text has no fewer code points. */
const hasAtLeast = (min: number, text: string): boolean =>
  text.length >= 2 * min || (text.length >= min && codePoints(text) >= min);

/** Text of `min` to `max` code points. */
export const text = (min: number, max: number) =>
  z
    .string()
    .refine(
      (value) => hasAtLeast(min, value),
      `Must be at least ${min} ${min === 1 ? "character" : "characters"}.`,
    )
    .refine((value) => hasAtMost(max, value), `Must be at most ${max} characters.`)
    .meta({ minLength: min, maxLength: max });

const line = (forbidden: RegExp, message: string) =>
  z
    .string()
    .trim()
    .refine((value) => value !== "", "Must not be empty.")
    .refine((value) => hasAtMost(200, value), "Must be at most 200 characters.")
    .refine((value) => !forbidden.test(value), message)
    .meta({ minLength: 1, maxLength: 200 });

/** The name of a project or workspace: 1 to 200 characters, trimmed, without control characters. */
export const name = line(/\p{Cc}/u, "Must not contain control characters.");

/** A title: as a name, but a tab inside it is kept, since people's data has them. */
export const title = line(/[^\P{Cc}\t]/u, "Must not contain control characters other than a tab.");

/** What one looks for in a name or title: a part of it, whatever its case. */
export const search = text(1, 200).describe("A part of the text to find, whatever its case.");

/** A password as it is typed; for a new one the server asks for more than 8 characters. */
export const password = text(1, 256);
export const newPassword = text(8, 256).describe(
  "At least as long as the server asks for, 15 characters by default, and not a common one.",
);

/** A token as it was given out. Whatever else is sent is one that does not work, so only its size is bounded here. */
export const token = z.string().max(512);

/** The input of an operation that needs none. Left out or `{}`. */
export const noInput = z.strictObject({}).default({});

export const pageInput = {
  limit: z.int().min(1).max(100).default(20).describe("The most items to return."),
  cursor: z.string().max(1024).optional().describe("`nextCursor` of the page before."),
};

/** One page of a list: newest first, and the cursor of the next page, or null at the end. */
export const page = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });

/** Says that an update without any change is a mistake. */
export const someChange = [
  (value: Record<string, unknown>) =>
    Object.keys(value).some((key) => key !== "id" && value[key] !== undefined),
  "Name at least one field to change.",
] as const;
