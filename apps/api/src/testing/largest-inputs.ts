// Generates the largest and most difficult inputs that an operation's schema allows, and inputs just beyond the limits.
// They are derived from the contract, so new operations and fields are included automatically. They are JSON texts, because
// some of them cannot be represented as objects.
import type { NamedOperation } from "@projostack/contract";
import { z } from "zod";

/** A JSON Schema, or a part of one. */
type Schema = Readonly<Record<string, unknown>>;

export interface LargeInput {
  /** A description of what makes the input large. */
  readonly description: string;
  readonly json: string;
  /** Whether the schema allows it. */
  readonly isLegal: boolean;
}

/** Values of fields that cannot be generated, such as ids, by field name; undefined to omit the field. */
export type KnownValues = Readonly<Record<string, unknown>>;

export const LARGEST_BODY_BYTES = 100 * 1024;

/** The texts that are repeated to build long texts. */
export const alphabets: Readonly<Record<string, string>> = {
  "one letter": "a",
  "two letters": "ab",
  "a common word": "password",
  "a keyboard's rows": "1qaz2wsx3edc4rfv",
  "signs for letters": "p4$$w0rd!1|",
  separators: "p.a-s_s ",
  digits: "19841984",
  wildcards: "%_\\",
  quotes: "\"'\\",
  "a ligature that NFKD makes eighteen of": "\ufdfa",
  "notes that NFC makes three of": "\u{1d160}",
  "combining marks": "e\u0301\u0323\u0302",
  "marks out of their order": "\u0315\u0300\u05ae\u0061",
  "Hangul in parts": "\u1112\u1161\u11ab",
  families: "👩\u200d👩\u200d👧\u200d👦",
  "both directions": "a\u200f\u05d0\u200e",
  "beyond the BMP": "\u{10ffff}",
};

export function largestInputs({ operation }: NamedOperation, known: KnownValues): LargeInput[] {
  const schema = z.toJSONSchema(operation.input, { io: "input" }) as Schema;
  const filled = (unit: string, over = 0, values = known) =>
    JSON.stringify(fill({ schema, root: schema, known: values, unit, over }));
  const full = filled("a");
  const withEveryField = Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined));
  const legal = Object.entries(alphabets).map(([description, unit]) =>
    body(`longest texts of ${description}`, filled(unit)),
  );
  const escaped = filled("\u{1d160}").replaceAll(/[^ -~]/g, escape);
  return [
    ...legal,
    body("every field that there is", filled("a", 0, withEveryField)),
    body("texts in escapes", escaped),
    body("a body of 100 KB of space", padded(full)),
    body("a field again and again", repeatedFields(full)),
    // Without free text fields, the input equals the legal one.
    body("texts one character too long", filled("a", 1), filled("a", 1) === full),
    body("texts of a ligature, one too long", filled("\ufdfa", 1), filled("a", 1) === full),
    ...beyond.flatMap(([description, value]) =>
      Object.keys(partsOf(schema["properties"])).map((field) =>
        body(`${description} for ${field}`, `{${JSON.stringify(field)}:${value}}`, false),
      ),
    ),
    ...beyond.map(([description, value]) => body(`${description} for the input`, value, false)),
    body("11,000 unknown fields", unknownFields(11_000), false),
    body("an unknown field with a long name", `{"${"x".repeat(95_000)}":1}`, false),
    body("names that are long and deep", deepNames(), false),
  ];
}

const body = (description: string, json: string, isLegal = true): LargeInput => ({
  description,
  json,
  isLegal,
});

const beyond: readonly (readonly [description: string, json: string])[] = [
  ["a text of 95 KB", `"${"a".repeat(95_000)}"`],
  ["95 KB of spaces", `"${" ".repeat(95_000)}"`],
  ["95 KB of dots", `"${".".repeat(95_000)}"`],
  ["95 KB of an address", `"${"a.".repeat(24_000)}@${"a.".repeat(23_000)}c"`],
  ["95 KB of digits", `"${"1".repeat(95_000)}"`],
  ["a number of 95 KB", "1".repeat(95_000)],
  ["95 KB of ligatures", `"${"\ufdfa".repeat(31_000)}"`],
  ["95 KB of combining marks", `"a${"\u0301".repeat(47_000)}"`],
  ["a list of 47,000 numbers", `[${"0,".repeat(47_000)}0]`],
  ["a list of 30,000 objects", `[${"{},".repeat(30_000)}{}]`],
  ["nesting 45,000 deep", `${"[".repeat(45_000)}${"]".repeat(45_000)}`],
  ["objects nested 31 deep", `${'{"a":'.repeat(31)}1${"}".repeat(31)}`],
];

interface Part {
  readonly schema: Schema;
  /** The schema with the definitions that `$ref` points to. */
  readonly root: Schema;
  readonly known: KnownValues;
  readonly unit: string;
  /** The number of characters beyond the allowed length. */
  readonly over: number;
  /** The name of the field, if the part is one. */
  readonly name?: string;
}

/**
 * The largest value that a schema allows: every field is present, every list is full, and every text has the maximum
 * length.
 */
function fill(part: Part): unknown {
  const { schema, root, known, unit, over, name = "" } = part;
  const { $ref: ref, type, enum: values, format, items, maximum, maxItems, maxLength } = schema;
  if (name in known) return known[name];
  if (typeof ref === "string") return fill({ ...part, schema: partsOf(root["$defs"])[ref.slice(8)] ?? {} });
  if (Array.isArray(values)) return values.at(-1);
  if (type === "integer" || type === "number") return Number(maximum ?? Number.MAX_SAFE_INTEGER);
  if (type === "boolean") return true;
  if (type === "array") {
    const each = fill({ ...part, schema: isSchema(items) ? items : {}, name: "" });
    return Array.from({ length: Number(maxItems ?? 100) }, () => each);
  }
  if (type === "object") {
    const fields = Object.entries(partsOf(schema["properties"]));
    return Object.fromEntries(
      fields.map(([field, inner]) => [field, fill({ ...part, schema: inner, name: field })]),
    );
  }
  if (format === "uuid") return "00000000-0000-7000-8000-000000000000";
  if (format === "date-time") return "9998-12-31T23:59:59.999999999Z";
  if (format === "email") return longestEmail();
  return textOf(unit, Number(maxLength ?? 100) + over);
}

/** A text of `length` code points that does not end with a space. */
function textOf(unit: string, length: number): string {
  const points = Array.from(unit);
  const text = Array.from({ length }, (_, at) => points[at % points.length] ?? "");
  return text.join("").replace(/ $/, "x");
}

/** An address of 254 characters with labels of minimum length. */
const longestEmail = (): string => `${"a.".repeat(31)}ab@${"b.".repeat(93)}com`.slice(-254);

const padded = (json: string): string =>
  json + " ".repeat(Math.max(0, LARGEST_BODY_BYTES - Buffer.byteLength(json)));

/** Repeats all fields. A parser uses the last of equal names but reads the others too. */
function repeatedFields(json: string): string {
  const inner = json.slice(1, -1);
  if (inner === "") return json;
  const times = Math.floor((LARGEST_BODY_BYTES - 2) / (Buffer.byteLength(inner) + 1));
  return times < 1 ? json : `{${Array.from({ length: times }, () => inner).join(",")}}`;
}

const unknownFields = (many: number): string =>
  `{${Array.from({ length: many }, (_, at) => `"${at.toString(36)}":0`).join(",")}}`;

const deepNames = (): string => `${`{"${"n".repeat(3_000)}":`.repeat(31)}1${"}".repeat(31)}`;

const escape = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;

const isSchema = (value: unknown): value is Schema => typeof value === "object" && value !== null;

function partsOf(value: unknown): Readonly<Record<string, Schema>> {
  if (!isSchema(value)) return {};
  const parts = Object.entries(value).filter((entry): entry is [string, Schema] => isSchema(entry[1]));
  return Object.fromEntries(parts);
}
