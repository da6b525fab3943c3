// Schemas that several resources share: ids, emails, names, dates and pages. Lengths are counted in Unicode code points,
// as in PostgreSQL's char_length and JSON Schema's maxLength.
import { z } from "zod";
import { MAX_EMAIL_LENGTH, readEmailAddress } from "./email-address.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** An id: a UUID in lower case. The server generates it. */
export const id = z
  .string()
  .regex(UUID, "Must be an id: a UUID in lower case.")
  .meta({ format: "uuid", pattern: undefined, description: "The id of a thing. The server generates it." });

/** A schema of addresses in their canonical form (email-address.ts). It keeps other texts that `isKept` accepts. */
const addressUnless = (isKept: (text: string) => boolean) =>
  z
    .string()
    .meta({ maxLength: MAX_EMAIL_LENGTH, format: "email" })
    .transform((text, context) => {
      const { address, problem } = readEmailAddress(text);
      if (address !== null) return address;
      if (isKept(text)) return text.toLowerCase();
      context.addIssue({ code: "custom", message: problem });
      return z.NEVER;
    });

/**
 * An email address. Its output is the canonical form: ASCII, at most 254 characters, in lower case, with an internationalized
 * domain as A-labels.
 */
export const email = addressUnless(() => false).describe(
  "An email address. Capital letters become small ones, and an internationalized domain becomes ASCII.",
);

/**
 * The address of an existing account. Earlier versions accepted some addresses that `email` refuses, such as one with more
 * than 64 characters before the @. Their owners can still sign in.
 */
export const accountEmail = addressUnless(
  (text) => text.length <= MAX_EMAIL_LENGTH && z.regexes.email.test(text),
).describe("The email address of an account. Capital and small letters are equal.");

/** An email address in an answer. */
export const shownEmail = (whose: string) => z.string().meta({ format: "email", description: whose });

/**
 * PostgreSQL rejects the ISO form of year 0, and of years with five digits. It rounds to microseconds, so that a time in the last
 * millisecond of the year 9999 could be in the next year.
 */
function hasSupportedYear(value: string): boolean {
  const time = Date.parse(value);
  return time >= FIRST && (time < LAST || (time === LAST && !FINER_THAN_MILLISECONDS.test(value)));
}

const FIRST = Date.parse("0001-01-01T00:00:00Z");
const LAST = Date.parse("9999-12-31T23:59:59.999Z");
const FINER_THAN_MILLISECONDS = /\.\d{3}0*[1-9]/;

/** A date and time in ISO 8601 with an offset, e.g. `2026-01-31T12:00:00Z`. */
export const dateTime = z.iso
  .datetime({
    offset: true,
    error: ({ input }) =>
      input === undefined ? undefined : "Must be a date and time such as 2026-01-31T12:00:00Z.",
  })
  .refine(hasSupportedYear, "Must be in the years 1 to 9999 (UTC).")
  .max(40, "Must be at most 40 characters.")
  .meta({ pattern: undefined, description: "A date and time." });

const codePoints = (text: string): number => Array.from(text).length;

/** Compares the number of UTF-16 code units first: a code point has one or two, so most texts need no counting. */
const hasAtMost = (max: number, text: string): boolean =>
  text.length <= max || (text.length <= 2 * max && codePoints(text) <= max);

/** The lower bound, compared in the same way. */
const hasAtLeast = (min: number, text: string): boolean =>
  text.length >= 2 * min || (text.length >= min && codePoints(text) >= min);

const withLength = (string: z.ZodString, min: number, max: number) =>
  string
    .refine(
      (value) => hasAtLeast(min, value),
      `Must be at least ${min} ${min === 1 ? "character" : "characters"}.`,
    )
    .refine((value) => hasAtMost(max, value), `Must be at most ${max} characters.`)
    .meta({ minLength: min, maxLength: max });

/** A text of `min` to `max` code points. */
export const text = (min: number, max: number) => withLength(z.string(), min, max);

/** Matches a text that shows something: not only spaces and invisible characters. */
const VISIBLE = /[^\s\p{Default_Ignorable_Code_Point}\u2800\uFFF9-\uFFFB\u{1D159}]/u;

const hasVisibleCharacter = (value: string): boolean => value === "" || VISIBLE.test(value);

const singleLine = (forbidden: RegExp, message: string) =>
  z
    .string()
    .trim()
    .refine((value) => value !== "", "Must not be empty.")
    .refine(hasVisibleCharacter, "Must contain a visible character.")
    .refine((value) => hasAtMost(200, value), "Must be at most 200 characters.")
    .refine((value) => !forbidden.test(value), message)
    .meta({ minLength: 1, maxLength: 200 });

/** Tags are invisible, except in the emoji flag of a region: a black flag, the tags of the region, and the tag that ends them. */
const FLAGS = /\u{1F3F4}[\u{E0030}-\u{E0039}\u{E0061}-\u{E007A}]{1,6}\u{E007F}/gu;
const TAGS = /[\u{E0020}-\u{E007F}]/u;

const hasHiddenTags = (value: string): boolean => TAGS.test(value) && TAGS.test(value.replaceAll(FLAGS, ""));

/**
 * The name of a project, workspace or service key: 1 to 200 characters, trimmed, on one line, and without characters that
 * make it look like another name. docs/text.md says how names are compared.
 */
export const name = singleLine(/\p{Cc}/u, "Must not contain control characters.")
  .refine((value) => !/[\u2028\u2029]/.test(value), "Must not contain line separators (U+2028, U+2029).")
  .refine(
    (value) => !/[\u202A-\u202E\u2066-\u2069]/.test(value),
    "Must not contain characters that change the direction of text (U+202A to U+202E, U+2066 to U+2069).",
  )
  .refine((value) => !hasHiddenTags(value), "Must not contain invisible tags (U+E0020 to U+E007F).")
  .describe(
    "A name on one line. Spaces at its ends are removed. Control characters and characters that hide or reorder text are rejected.",
  );

/** The title of a task: like a name, but tabs and characters for the direction are allowed, because imported data contains them. */
export const title = singleLine(
  /[^\P{Cc}\t]/u,
  "Must not contain control characters other than a tab.",
).describe(
  "The title of the task, on one line. Spaces at its ends are removed. Control characters other than a tab are rejected.",
);

/** A text to search for in a name or title, trimmed. */
export const search = withLength(z.string().trim(), 1, 200)
  .refine(hasVisibleCharacter, "Must contain a visible character.")
  .describe(
    "The text to find: any part of the name or title. Case, the form of accents, full-width forms and invisible characters do not matter.",
  );

/** A password as typed by the user, at sign-in or as proof. `newPassword` has the stricter rules of a new password. */
export const password = text(1, 256)
  .meta({ format: "password" })
  .describe("The password of the account, exactly as it was set.");
export const newPassword = text(8, 256)
  .meta({ format: "password" })
  .describe(
    "The new password. The server sets the minimum length, by default 15 characters, and rejects common passwords and passwords that consist mostly of the email address.",
  );

/** A token of any kind. Only its length is checked here: a malformed token is an invalid token, not an invalid input. */
export const token = z.string().max(512);

/** A whole number that has a lower bound at most. Zod's own bounds, the safe integers, are no limits of the contract. */
export const wholeNumber = z.int().meta({ minimum: undefined, maximum: undefined });
export const count = z.int().min(0).meta({ maximum: undefined });

/** The input of an operation without parameters: omitted or `{}`. */
export const noInput = z.strictObject({}).default({});

/** The output of an operation that returns nothing. */
export const noOutput = z.object({}).describe("An empty object.");

export const pageInput = {
  limit: z.int().min(1).max(100).default(20).describe("The maximum number of items in the page."),
  cursor: z
    .string()
    .max(1024)
    .optional()
    .describe(
      "Where the page begins: `nextCursor` of the page before it, with the same filters and order. The first page if omitted.",
    ),
};

/** One page of a list. `nextCursor` is null on the last page. */
export const page = <T extends z.ZodType>(item: T, order = "newest first") =>
  z.object({
    items: z.array(item).describe(`The items of this page, ${order}.`),
    nextCursor: z
      .string()
      .nullable()
      .describe("Pass it as `cursor` to get the next page. Null on the last page."),
  });

/** The fields of an update that select the row. */
const NO_CHANGE: ReadonlySet<string> = new Set(["id", "expectedVersion"]);

/** The arguments of a refinement that rejects an update without any changed field. */
export const atLeastOneChange = [
  (value: Record<string, unknown>) =>
    Object.keys(value).some((key) => !NO_CHANGE.has(key) && value[key] !== undefined),
  "Name at least one field to change.",
] as const;
