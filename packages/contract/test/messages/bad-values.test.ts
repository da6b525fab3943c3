// No text of the schema library reaches a caller: every message of an invalid input is ours, names the field, and says what is
// allowed.
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { errorMapOf, messageOfFieldErrors, operations, readInput } from "../../src/index.ts";
import { badInputs, type BadInput } from "./bad-values.ts";

const FOREIGN =
  /Invalid (?:input|option|key|type|string|union|element)|Too (?:big|small)|Unrecognized|\bexpected\b|received|undefined|9007199254740991|\[object|another value|wrong form/i;

/** The path as in code: `items[1].title`. */
const asCode = (path: BadInput["path"]): string =>
  path
    .map((key) => (typeof key === "number" ? `[${key}]` : `.${key}`))
    .join("")
    .replace(/^\./, "");

/** Returns the problem of the message for a wrong input, or null. A valid input has no message. */
function problemOf(schema: z.ZodType, { path, what, input, says }: BadInput): string | null {
  const { fieldErrors } = readInput(schema, input);
  if (fieldErrors === null) return null;
  const all = Object.values(fieldErrors).flat();
  const message = messageOfFieldErrors(fieldErrors);
  const problem = problemOfTexts([message, ...all]) ?? problemOfMessage(message, { path, fieldErrors });
  // A call that changes nothing lacks no field in particular.
  const expected = message.includes("Name at least one field") ? [] : says;
  const unsaid = expected.filter((text) => !message.includes(text));
  if (problem !== null) return `${asCode(path)}, ${what}: ${problem}`;
  return unsaid.length === 0 ? null : `${asCode(path)}, ${what}: does not say ${unsaid.join()}: ${message}`;
}

function problemOfTexts(texts: readonly string[]): string | null {
  const foreign = texts.find((text) => FOREIGN.test(text));
  if (foreign !== undefined) return `a foreign text: ${foreign}`;
  const unfinished = texts.find((text) => !/^[A-Z][^]*[.?]$/.test(text));
  return unfinished === undefined ? null : `no sentence: ${unfinished}`;
}

/** The message has the first problem, and names its field, which is at the wrong value or within it. */
function problemOfMessage(
  message: string,
  { path, fieldErrors }: { path: BadInput["path"]; fieldErrors: Record<string, string[]> },
): string | null {
  const [[field, [first = ""]] = ["", []]] = Object.entries(fieldErrors);
  // An update without any change is a problem of the whole input.
  if (field === "" && first.startsWith("Name at least one")) return null;
  if (!field.startsWith(path.join("."))) return `the first problem is at ${field}`;
  if (!message.includes(first.slice(1))) return `the message lacks the first problem: ${message}`;
  return message.includes(asCode(path)) ? null : `the message does not name the field: ${message}`;
}

describe.each(operations)("$name", ({ operation: { input, example } }) => {
  it("describes every wrong value in our own words", () => {
    const schema = z.toJSONSchema(input, { io: "input" });
    const all = [...badInputs({ ...schema }, example.input)];
    const refused = all.filter((bad) => readInput(input, bad.input).fieldErrors !== null);
    expect(refused.length).toBeGreaterThan(10);
    expect(all.map((bad) => problemOf(input, bad)).filter((problem) => problem !== null)).toEqual([]);
  });
});

const messageOf = (schema: z.ZodType, input: unknown) => {
  const { fieldErrors } = readInput(schema, input);
  return fieldErrors && messageOfFieldErrors(fieldErrors);
};
const tasks = z.strictObject({
  tasks: z.array(
    z.strictObject({
      title: z.string(),
      days: z.int().min(1).max(9).optional(),
      done: z.boolean().optional(),
      kind: z.enum(["small", "large"]).optional(),
    }),
  ),
});
const withTask = (task: object) => ({ tasks: [{ title: "a" }, { title: "b", ...task }] });
const field = (name: string, problem: string) => `The field tasks[1].${name} ${problem}`;

describe("a message", () => {
  it.each([
    ["a nested field", withTask({ title: 7 }), field("title", "must be a text, not a number.")],
    ["a range", withTask({ days: "x" }), field("days", "must be a whole number from 1 to 9, not a text.")],
    ["a bound", withTask({ days: 10 }), field("days", "must be at most 9.")],
    ["a fraction", withTask({ days: 1.5 }), field("days", "must be a whole number from 1 to 9.")],
    [
      "a number in quotation marks",
      withTask({ days: "5" }),
      field("days", "must be a whole number from 1 to 9, not a text. Remove the quotation marks."),
    ],
    [
      "null for an optional field",
      withTask({ done: null }),
      field("done", "must be true or false, not null. Leave the field out instead."),
    ],
    ["a value of an enumeration", withTask({ kind: "big" }), field("kind", "must be one of small, large.")],
    [
      "a misspelled value",
      withTask({ kind: "smal" }),
      field("kind", "must be one of small, large. Did you mean small?"),
    ],
    [
      "a misspelled field",
      withTask({ tilte: "c" }),
      'The field tasks[1] has no field "tilte". Did you mean title? Its fields are title, days, done, kind.',
    ],
    ["a list instead of an object", { tasks: [[]] }, "The field tasks[0] must be an object, not a list."],
    ["an object instead of a list", { tasks: {} }, "The field tasks must be a list, not an object."],
    ["a missing field", { tasks: [{}] }, "The field tasks[0].title is missing. It must be a text."],
  ])("describes %s", (_, input, message) => {
    expect(messageOf(tasks, input)).toBe(message);
  });

  it("describes a union, a unit, the length of a list and a number without a range", () => {
    const schema = z.strictObject({
      value: z.union([z.string(), z.boolean()]).optional(),
      overlapHours: z.int().max(168).optional(),
      seq: z.int().optional(),
    });
    expect(messageOf(schema, { value: 5 })).toBe(
      "The field value must be a text or true or false, not a number.",
    );
    expect(messageOf(schema, { overlapHours: 169 })).toBe(
      "The field overlapHours must be at most 168 hours.",
    );
    expect(messageOf(z.strictObject({ names: z.array(z.string()).min(1).max(9) }), {})).toBe(
      "The field names is missing. It must be a list of 1 to 9 items.",
    );
    expect(messageOf(schema, { seq: 1e300 })).toBe(
      "The field seq must be a whole number of at most 15 digits.",
    );
  });

  it("keeps the messages that a schema declares", () => {
    const schema = z.strictObject({ code: z.string().regex(/^x/, "Must begin with x.") });
    expect(messageOf(schema, { code: "y" })).toBe("The field code must begin with x.");
  });

  it("the message is the same for a client that validates with the error map", () => {
    const { error } = tasks.safeParse(withTask({ days: 10 }), errorMapOf(tasks));
    expect(error?.issues[0]?.message).toBe("Must be at most 9.");
  });
});
