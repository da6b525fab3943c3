// Random inputs as JSON texts: valid, nearly valid, or malformed. Objects could not express malformed JSON.
import type { Chance } from "../simulation/seeded-random.ts";

/** A JSON Schema, or a part of one. */
export type Schema = Readonly<Record<string, unknown>>;

export interface Draft {
  readonly schema: Schema;
  /** A valid input. Some of its fields are kept. */
  readonly right: Readonly<Record<string, unknown>>;
  /** Ids of existing rows. */
  readonly ids: readonly string[];
}

/** Returns the text of an input: valid, nearly valid, or malformed. */
export function fuzzedJson(chance: Chance, { schema, right, ids }: Draft): string {
  if (chance.happens(0.1)) return JSON.stringify(right);
  if (chance.happens(0.08)) return oddity(chance);
  const text = objectText(chance, { schema, root: schema, right, ids });
  return chance.happens(0.06) ? spoiled(chance, text) : text;
}

export function pick<T>(chance: Chance, all: readonly T[]): T {
  const one = all[Math.floor(chance.between(0, all.length))];
  if (one === undefined) throw new Error("There is nothing to pick from.");
  return one;
}

interface Part extends Draft {
  /** The schema with the definitions that `$ref` refers to. */
  readonly root: Schema;
}

function objectText(chance: Chance, { schema, root, right, ids }: Part): string {
  const fields: [string, string][] = [];
  for (const [field, part] of Object.entries(partsOf(schema["properties"]))) {
    const kept = right[field];
    const drawn = chance.next();
    if (drawn < 0.06) continue;
    if (drawn < 0.2) fields.push([field, oddity(chance)]);
    else if (drawn < 0.45 || (kept !== undefined && drawn < 0.5))
      fields.push([field, likely(chance, { schema: part, root, ids })]);
    else if (kept !== undefined) fields.push([field, JSON.stringify(kept)]);
  }
  // JSON.parse uses the last of two equal keys. Code that read the first one would check another value than is used.
  if (chance.happens(0.05) && fields[0]) fields.push([fields[0][0], oddity(chance)]);
  if (chance.happens(0.06)) fields.push([pick(chance, strangeKeys), oddity(chance)]);
  return `{${fields.map(([field, text]) => `${JSON.stringify(field)}:${text}`).join(",")}}`;
}

/** Returns a value near the limits of the schema: the limits themselves, and one step beyond. */
function likely(chance: Chance, { schema, root, ids }: Omit<Part, "right">): string {
  const { $ref: ref, type, enum: values, format, items, minimum, maximum, maxLength } = schema;
  if (typeof ref === "string") {
    const named = partsOf(root["$defs"])[ref.replace("#/$defs/", "")];
    return named ? likely(chance, { schema: named, root, ids }) : "null";
  }
  if (Array.isArray(values)) return JSON.stringify(pick<unknown>(chance, values));
  if (type === "boolean") return pick(chance, ["true", "false"]);
  if (type === "integer" || type === "number") {
    const [low, high] = [Number(minimum ?? 0), Number(maximum ?? Number.MAX_SAFE_INTEGER)];
    return String(pick(chance, [low, low + 1, high, high - 1, low - 1, high + 1]));
  }
  if (type === "array" && isSchema(items)) {
    const count = pick(chance, [0, 1, 2, 3, 14, 15, 100, 101]);
    return `[${Array.from({ length: count }, () => likely(chance, { schema: items, root, ids })).join(",")}]`;
  }
  if (type === "object") return objectText(chance, { schema, root, right: {}, ids });
  if (format === "uuid") return JSON.stringify(pick(chance, ids));
  if (format === "date-time") return JSON.stringify(pick(chance, dates));
  const longest = Number(maxLength ?? 100);
  const letter = pick(chance, ["x", "é", "🙂", "%", "\\", "'", "ﷺ", "\u{e0001}", "\u{10ffff}"]);
  return JSON.stringify(letter.repeat(pick(chance, [1, 3, longest, longest + 1])));
}

/** Damages the text, so that it is most likely malformed JSON. */
function spoiled(chance: Chance, text: string): string {
  const at = Math.floor(chance.between(0, text.length + 1));
  const [before, after] = [text.slice(0, at), text.slice(at)];
  return pick(chance, [
    before,
    after,
    `${before}${pick(chance, ["{", "]", '"', ",", "\\", "\u2028"])}${after}`,
  ]);
}

const oddity = (chance: Chance): string => pick(chance, oddities);

const strangeKeys = [
  "extra",
  "id",
  "userId",
  "__proto__",
  "constructor",
  "toString",
  "",
  "a.b",
  "0",
  "length",
];

const dates = [
  "0001-01-01T00:00:00Z",
  "0001-01-01T00:00:00+23:59",
  "9999-12-31T23:59:59.999999999Z",
  "9999-12-31T23:59:59-23:59",
  "2026-01-31T12:00:00.123456789+05:45",
  "2024-02-29T00:00:00Z",
  "2026-02-30T00:00:00Z",
  "1582-10-10T00:00:00Z",
];

const deep = (open: string, close: string, depth: number): string =>
  `${open.repeat(depth)}1${close.repeat(depth)}`;

const oddities: readonly string[] = [
  "null",
  "true",
  "false",
  "0",
  "-0",
  "-1",
  "1.5",
  "1e309",
  "-1e309",
  "1e-400",
  "9007199254740993",
  "2147483648",
  "9223372036854775808",
  "123456789012345678901234567890",
  "0.1e1",
  "1E2",
  '""',
  '" "',
  '"x"',
  '"null"',
  '"NaN"',
  "[]",
  "{}",
  "[[]]",
  "[null]",
  "[{}]",
  '{"a":{"b":{}}}',
  String.raw`"\u0000"`,
  String.raw`"a\u0000b"`,
  String.raw`"\ud800"`,
  String.raw`"\udc00\ud800"`,
  String.raw`"\uffff\ufdd0"`,
  String.raw`"\u0001\u001f\u007f\u0085"`,
  '"\u202e\u2066"',
  '"\ufeff"',
  String.raw`{"\u0000":1}`,
  String.raw`{"\ud800":{"\udfff":[]}}`,
  '{"then":{}}',
  '{"toJSON":1}',
  '{"__proto__":{"polluted":1}}',
  '{"constructor":{"prototype":{"polluted":1}}}',
  '{"a":1,"a":2}',
  '"\'; DROP TABLE tasks; --"',
  '"%_\\\\"',
  '"\\\\"',
  '"$1"',
  '"{}"',
  '"{1,2}"',
  '"(,)"',
  '"\\\\x00"',
  '"0190a6f0-0000-7000-8000-00000000abcd"',
  '"00000000-0000-0000-0000-000000000000"',
  '"0190A6F0-0000-7000-8000-00000000ABCD"',
  '"ffffffff-ffff-ffff-ffff-ffffffffffff"',
  '"a@b.co"',
  '"A@B.CO"',
  '"ä@b.co"',
  '"infinity"',
  '"now"',
  '"epoch"',
  '"today"',
  ...["300", "5000", "15000"].map((count) => `"${"x".repeat(Number(count))}"`),
  `"${"🙂".repeat(200)}"`,
  `"${"a\u0301".repeat(100)}"`,
  `[${"0,".repeat(2_000)}0]`,
  ...[31, 33, 500].flatMap((depth) => [deep("[", "]", depth), deep('{"a":', "}", depth)]),
];

const isSchema = (value: unknown): value is Schema => typeof value === "object" && value !== null;

function partsOf(value: unknown): Readonly<Record<string, Schema>> {
  if (!isSchema(value)) return {};
  const parts = Object.entries(value).filter((entry): entry is [string, Schema] => isSchema(entry[1]));
  return Object.fromEntries(parts);
}
