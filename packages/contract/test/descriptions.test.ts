// Everything that a program can send or receive has a description: each operation, resource, field, named type, enumerated
// value and reason. A description is a sentence, and says more than the name of its field.
import { describe, expect, it } from "vitest";
import { z } from "zod";
import {
  accessSentence,
  auditSentence,
  commonReasons,
  contract,
  describeReason,
  impliedReasons,
  operations,
  reasonGroups,
  reasons,
  resourceDescriptions,
  type Reason,
} from "../src/index.ts";
import { walkSchema, type NestedSchema } from "./walk-schema.ts";

const SENTENCES = /^[A-Z`].{8,}\.$/s;

/** Words that a description can have without saying anything. */
const EMPTY_WORDS = new Set("a an and at for in is it its of on the this to which with".split(" "));

const wordsOf = (text: string): string[] =>
  text
    .replaceAll(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== "" && !EMPTY_WORDS.has(word));

/** Returns the problem of a description, or null. `names` are the words that the reader knows already. */
function problemOf(description: unknown, names: readonly string[]): string | null {
  if (typeof description !== "string" || description === "") return "has no description";
  if (!SENTENCES.test(description)) return `is not described in sentences: ${description}`;
  const known = new Set(names.flatMap(wordsOf));
  const said = wordsOf(description).filter((word) => !known.has(word));
  return said.length === 0 ? `is described by its own name: ${description}` : null;
}

/** The schemas that a reader sees by a name or as the item of a list: fields, named types, and items that are objects. */
const needsWords = ({ path, field, schema }: NestedSchema): boolean =>
  field !== undefined ||
  /\$\.[A-Z]\w*$/.test(path) ||
  (path.endsWith("/items0") && schema["type"] === "object");

function problemsIn(schema: z.ZodType, io: "input" | "output"): string[] {
  return walkSchema(z.toJSONSchema(schema, { io })).flatMap((nested) => {
    const { path, field, schema: part } = nested;
    const words = needsWords(nested) ? problemOf(part["description"], [field ?? ""]) : null;
    return [...(words === null ? [] : [`${path} ${words}`]), ...problemsOfValues(nested)];
  });
}

/** Each value of an enumeration has a sentence of its own. */
function problemsOfValues({ path, schema }: NestedSchema): string[] {
  const values: unknown = schema["enum"];
  if (!Array.isArray(values)) return [];
  const words = z.record(z.string(), z.unknown()).safeParse(schema["x-enumDescriptions"]).data ?? {};
  const problems = values.map((value) => [String(value), problemOf(words[String(value)], [String(value)])]);
  return problems.flatMap(([value, problem]) => (problem === null ? [] : [`${path}, ${value}: ${problem}`]));
}

describe.each(operations)("$name", ({ operation }) => {
  it("the operation has a summary of one sentence, and details that say what else happens", () => {
    expect(operation.summary).toMatch(/^[A-Z][^.]*(?:\.\w[^.]*)*\.$/);
    expect(operation.details).toMatch(SENTENCES);
    expect(operation.details).not.toContain(operation.summary);
  });

  it("the operation has a description of each field, type and enumerated value of its input and output", () => {
    expect(problemsIn(operation.input, "input")).toEqual([]);
    expect(problemsIn(operation.output, "output")).toEqual([]);
  });

  it("prints no bound of the safe integers", () => {
    const schemas = [
      z.toJSONSchema(operation.input, { io: "input" }),
      z.toJSONSchema(operation.output, { io: "output" }),
    ];
    expect(JSON.stringify(schemas)).not.toContain(String(Number.MAX_SAFE_INTEGER));
  });

  it("the operation has an example that matches its schemas", () => {
    const { input, output, example } = operation;
    expect(input.safeParse(example.input).error).toBeUndefined();
    // The example of an output lacks no field and has no unknown one.
    expect(output.parse(example.output)).toEqual(example.output);
  });
});

describe("a resource", () => {
  it.each(Object.keys(contract))("%s has a description", (resource) => {
    const descriptions: Readonly<Record<string, string>> = resourceDescriptions;
    expect(problemOf(descriptions[resource], [resource])).toBeNull();
  });
});

describe("a reason", () => {
  it.each(Object.entries(reasons))("%s says when it happens and what a program does", (name, [, message]) => {
    const { when, action } = describeReason(name as Reason);
    expect(problemOf(when, [name])).toBeNull();
    expect(problemOf(action, [name])).toBeNull();
    expect(when).not.toBe(action);
    expect(message).not.toBe(when);
  });

  it("names a resource of the contract where a thing is not found", () => {
    const resources = new Set(operations.map(({ name }) => name));
    for (const reason of Object.keys(reasons).filter((one) => one.endsWith(".not_found"))) {
      const named = [...describeReason(reason as Reason).action.matchAll(/`(\w+\.\w+)`/g)].map(
        ([, name]) => name,
      );
      expect(named.filter((name) => !resources.has(name ?? ""))).toEqual([]);
    }
  });
});

describe("the sentences of an operation", () => {
  it.each([
    [
      "tasks.create",
      "Requires the permission `task:write`: member or admin, or a service key with this scope.",
    ],
    [
      "tasks.get",
      "Requires the permission `task:read`: viewer, member or admin, or a service key with this scope.",
    ],
    ["audit.list", "Requires the permission `audit:read`: admin, or a service key with this scope."],
    ["auth.signIn", "Anyone can call it. It needs no token."],
    ["auth.me", "Requires a signed-in user. A service key cannot call it."],
    ["tokens.introspect", "Requires a service key with the scope `token:introspect`. Users cannot call it."],
  ])("%s: say who can call it", (name, sentence) => {
    const { operation } = operations.find((one) => one.name === name) ?? {};
    expect(operation && accessSentence(operation.access)).toBe(sentence);
  });

  it.each(operations)("$name: list every reason for which it can fail once", ({ operation }) => {
    const listed = reasonGroups(operation).flatMap((group) => group.reasons);
    const declared = [...operation.errors, ...impliedReasons(operation.access), ...commonReasons];
    // A query has no idempotency key.
    const possible = declared.filter(
      (reason) => operation.kind === "mutation" || !reason.startsWith("idempotency."),
    );
    expect(listed.toSorted()).toEqual([...new Set(possible)].toSorted());
  });

  it("say what the audit log contains", () => {
    expect(auditSentence(contract.tasks.delete)).toBe("Records the audit entry `task.deleted`.");
    expect(auditSentence(contract.auth.signUp)).toBe("Records the event `account.created` of the account.");
    expect(auditSentence(contract.tasks.create)).toBe("Records no audit entry.");
    expect(auditSentence(contract.tasks.get)).toBeNull();
  });
});

describe("the check of descriptions", () => {
  const words = z.string().describe("The text of the note.");

  it.each([
    ["a field without a description", z.object({ note: z.string() })],
    ["a field of an object in a list", z.object({ notes: z.array(z.object({ note: z.string() })) })],
    ["a field of a field that can be null", z.object({ a: z.object({ note: z.string() }).nullable() })],
    ["a named type", z.object({ note: z.object({ words }).meta({ id: "Note" }).describe("A note.") })],
    ["a field with its own name as its description", z.object({ note: z.string().describe("The note.") })],
    ["a description that is no sentence", z.object({ note: z.string().describe("the text of it") })],
    ["an object in a list", z.object({ notes: z.array(z.object({ words })).describe("All of them.") })],
    ["a value of an enumeration", z.object({ kind: z.enum(["a", "b"]).describe("What it is made for.") })],
  ])("finds %s", (_, schema) => {
    expect(problemsIn(schema, "input")).not.toEqual([]);
  });

  it("accepts a field with a description", () => {
    expect(problemsIn(z.object({ words }), "input")).toEqual([]);
  });
});
