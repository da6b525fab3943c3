import { policy } from "@projostack/authz";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { commonReasons, contract, impliedReasons, operations, reasons } from "../src/index.ts";
import { walkSchema } from "./walk-schema.ts";

/**
 * Fields that name whom or what an operation is about, and never who acts: with what each is. Whoever adds to this table
 * says why the request cannot know it.
 */
const namesItsTarget: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "invites.create": { role: "what the invite will make of somebody else" },
  "members.changeRole": { role: "what somebody is to be", userId: "the member to whom that happens" },
  "members.list": { role: "a filter: only the members of this role" },
  "members.remove": { userId: "the member who is to go" },
  "serviceKeys.create": { role: "what another service will be" },
  "workspaces.leave": { workspaceId: "which of one's own to leave, perhaps not the request's" },
  "workspaces.restore": { workspaceId: "one that is deleted, which no request can be in" },
  "workspaces.switch": { workspaceId: "the one to choose for the requests to come" },
};

const NAMES_SOMEBODY = /^(?:user|actor|tenant|org)(?:Id)?$|^role$|workspace/i;

describe.each(operations)("$name", ({ name, operation }) => {
  const input = z.toJSONSchema(operation.input, { io: "input" });
  const schemas = walkSchema(input);

  it("says who may call it: anyone, anyone signed in, or the holders of a permission", () => {
    expect(["public", "session", ...Object.keys(policy)]).toContain(operation.access);
    expect(["query", "mutation"]).toContain(operation.kind);
  });

  it("says in a sentence what it does", () => {
    expect(operation.summary).toMatch(/^[A-Z].{5,}\.$/);
  });

  it("takes one object", () => {
    expect(input.type).toBe("object");
  });

  it("refuses fields that it does not know, however deep", () => {
    const open = schemas.filter(
      ({ schema }) => schema["type"] === "object" && schema["additionalProperties"] !== false,
    );
    expect(open.map(({ path }) => path)).toEqual([]);

    const unknown = operation.input.safeParse({ "no such field": 1 });
    expect(unknown.error?.issues.map(({ code }) => code)).toContain("unrecognized_keys");
  });

  it("bounds the length of every text and every array that it takes", () => {
    const unbounded = schemas.filter(({ schema }) => !isBounded(schema));
    expect(unbounded.map(({ path }) => path)).toEqual([]);
  });

  it("M7 takes neither the caller's identity nor a role, nor a workspace beside the request's", () => {
    const fields = schemas.map(({ field }) => field).filter((field) => field !== undefined);
    const naming = fields.filter((field) => NAMES_SOMEBODY.test(field));
    expect(naming.toSorted()).toEqual(Object.keys(namesItsTarget[name] ?? {}).toSorted());
  });

  it("lists its reasons once each, out of those that exist, without those that are implied", () => {
    expect(Object.keys(reasons)).toEqual(expect.arrayContaining([...operation.errors]));
    expect(new Set(operation.errors).size).toBe(operation.errors.length);
    expect(commonReasons.filter((reason) => operation.errors.includes(reason))).toEqual([]);
    const implied = impliedReasons(operation.access);
    expect(implied.filter((reason) => operation.errors.includes(reason))).toEqual([]);
  });

  it("can be called without any input, or says which fields it needs", () => {
    const parsed = operation.input.safeParse(undefined);
    const required = "required" in input ? input.required : [];
    expect(parsed.success).toBe(required?.length === 0 || required === undefined);
  });
});

describe("the contract", () => {
  it("lists every operation once, in the order of their names", () => {
    const names = operations.map(({ name }) => name);
    expect(names).toEqual(names.toSorted());
    expect(new Set(names).size).toBe(names.length);
    expect(names).toHaveLength(Object.values(contract).flatMap((verbs) => Object.keys(verbs)).length);
  });

  it("M7 lists no operation that is gone among those that name their target", () => {
    expect(operations.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(namesItsTarget)));
  });

  it("has no reason that nothing can fail for", () => {
    const used = new Set([
      ...commonReasons,
      ...operations.flatMap(({ operation }) => [...impliedReasons(operation.access), ...operation.errors]),
    ]);
    expect(Object.keys(reasons).filter((reason) => !(used as Set<string>).has(reason))).toEqual([]);
  });

  it("gives people a sentence for every reason", () => {
    for (const [reason, [, message]] of Object.entries(reasons)) {
      expect(reason).toMatch(/^[a-z]+\.[a-z_]+$/);
      expect(message).toMatch(/^[A-Z].*\.$/);
    }
  });

  it("answers lists with items and the cursor of the next page, and takes at most 100 items a page", () => {
    const lists = operations.filter(({ name }) => /\.list(?:Mine)?$/.test(name));
    expect(lists.length).toBeGreaterThan(0);
    for (const { operation } of lists) {
      const output = z.toJSONSchema(operation.output);
      expect(Object.keys(output.properties ?? {})).toEqual(["items", "nextCursor"]);
      // A list may have required fields, which are missing here.
      const refusesLimit = (limit: number) =>
        operation.input.safeParse({ limit }).error?.issues.some(({ path }) => path[0] === "limit") ?? false;
      expect([0, 1, 100, 101].map(refusesLimit)).toEqual([true, false, false, true]);
    }
  });

  it("never puts a secret's hash or a password into an answer", () => {
    // The hashes of a log's entries are there to be seen.
    const others = operations.filter(({ name }) => !name.startsWith("audit."));
    const fields = others.flatMap(({ operation }) =>
      walkSchema(z.toJSONSchema(operation.output)).map(({ field }) => field ?? ""),
    );
    expect(fields.filter((field) => /hash|password|secret|salt|mac$/i.test(field))).toEqual([]);
  });
});

/** Ids and dates are bounded by their form, a closed list by itself. */
function isBounded(schema: Readonly<Record<string, unknown>>): boolean {
  if (schema["type"] === "array") return typeof schema["maxItems"] === "number";
  if (schema["type"] !== "string") return true;
  if ("enum" in schema || "const" in schema) return true;
  return typeof schema["maxLength"] === "number" || ["uuid", "date-time"].includes(String(schema["format"]));
}
