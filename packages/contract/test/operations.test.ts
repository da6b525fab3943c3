import { policy } from "@projostack/authz";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { commonReasons, contract, impliedReasons, operations, reasons } from "../src/index.ts";
import { walkSchema } from "./walk-schema.ts";

/**
 * Fields with the name of an identity, a role or a workspace that describe the target of an operation, never the caller. When
 * you add a field, describe what it is, and why the request's context does not contain it.
 */
const targetFields: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "invites.create": { role: "the role of the invited user" },
  "members.get": { userId: "the member to return" },
  "members.changeRole": { role: "the new role of a member", userId: "the member whose role changes" },
  "members.list": { role: "a filter: only the members with this role" },
  "members.remove": { userId: "the member to remove" },
  "serviceKeys.create": { role: "the role of the new service key" },
  "workspaces.leave": { workspaceId: "the workspace to leave, which may differ from the request's" },
  "workspaces.restore": { workspaceId: "a deleted workspace, which a request cannot select" },
  "workspaces.switch": { workspaceId: "the workspace to select for later requests" },
};

const IDENTITY_FIELD = /^(?:user|actor|tenant|org)(?:Id)?$|^role$|workspace/i;

describe.each(operations)("$name", ({ name, operation }) => {
  const input = z.toJSONSchema(operation.input, { io: "input" });
  const schemas = walkSchema(input);

  it("declares its access: public, session, or a permission of the policy", () => {
    expect(["public", "session", ...Object.keys(policy)]).toContain(operation.access);
    expect(["query", "mutation"]).toContain(operation.kind);
  });

  it("declares a summary in full sentences", () => {
    expect(operation.summary).toMatch(/^[A-Z].{5,}\.$/);
  });

  it("accepts one object as its input", () => {
    expect(input.type).toBe("object");
  });

  it("rejects unknown fields at every depth", () => {
    const open = schemas.filter(
      ({ schema }) => schema["type"] === "object" && schema["additionalProperties"] !== false,
    );
    expect(open.map(({ path }) => path)).toEqual([]);

    const unknown = operation.input.safeParse({ "no such field": 1 });
    expect(unknown.error?.issues.map(({ code }) => code)).toContain("unrecognized_keys");
  });

  it("limits the length of every text and array of its input", () => {
    const unbounded = schemas.filter(({ schema }) => !isBounded(schema));
    expect(unbounded.map(({ path }) => path)).toEqual([]);
  });

  it("M7 accepts no identity, role or workspace in its input, except as a documented target", () => {
    const fields = schemas.map(({ field }) => field).filter((field) => field !== undefined);
    const identities = fields.filter((field) => IDENTITY_FIELD.test(field));
    expect(identities.toSorted()).toEqual(Object.keys(targetFields[name] ?? {}).toSorted());
  });

  it("lists each of its reasons once, without unknown and implied reasons", () => {
    expect(Object.keys(reasons)).toEqual(expect.arrayContaining([...operation.errors]));
    expect(new Set(operation.errors).size).toBe(operation.errors.length);
    expect(commonReasons.filter((reason) => operation.errors.includes(reason))).toEqual([]);
    const implied = impliedReasons(operation.access);
    expect(implied.filter((reason) => operation.errors.includes(reason))).toEqual([]);
  });

  it("declares its required fields, or accepts an omitted input", () => {
    const parsed = operation.input.safeParse(undefined);
    const required = "required" in input ? input.required : [];
    expect(parsed.success).toBe(required?.length === 0 || required === undefined);
  });
});

describe("the contract", () => {
  it("lists every operation once, sorted by name", () => {
    const names = operations.map(({ name }) => name);
    expect(names).toEqual(names.toSorted());
    expect(new Set(names).size).toBe(names.length);
    expect(names).toHaveLength(Object.values(contract).flatMap((verbs) => Object.keys(verbs)).length);
  });

  it("M7 documents target fields of existing operations only", () => {
    expect(operations.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(targetFields)));
  });

  it("uses every failure reason", () => {
    const used = new Set([
      ...commonReasons,
      ...operations.flatMap(({ operation }) => [...impliedReasons(operation.access), ...operation.errors]),
    ]);
    expect(Object.keys(reasons).filter((reason) => !(used as Set<string>).has(reason))).toEqual([]);
  });

  it("gives every reason a message in full sentences", () => {
    for (const [reason, [, message]] of Object.entries(reasons)) {
      expect(reason).toMatch(/^[a-z]+\.[a-z_]+$/);
      expect(message).toMatch(/^[A-Z].*\.$/);
    }
  });

  it("permits a replica for the lists of rows that people read, and for no other query", () => {
    const permitted = operations.filter(({ operation }) => operation.mayReadReplica);
    expect(permitted.map(({ name }) => name)).toEqual(["audit.list", "projects.list", "tasks.list"]);
    expect(permitted.filter(({ operation }) => operation.kind !== "query")).toEqual([]);
  });

  it("returns lists as items and a next cursor, with at most 100 items per page", () => {
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

  it("returns no password and no hash of a secret", () => {
    // The hashes of audit entries are public.
    const others = operations.filter(({ name }) => !name.startsWith("audit."));
    const fields = others.flatMap(({ operation }) =>
      walkSchema(z.toJSONSchema(operation.output)).map(({ field }) => field ?? ""),
    );
    expect(fields.filter(isSecret)).toEqual([]);
  });
});

/** The minimum length of a password is a public setting. */
const isSecret = (field: string) =>
  field !== "passwordMinLength" && /hash|password|secret|salt|mac$/i.test(field);

/** The formats of ids and dates limit their length, and so do enumerations. */
function isBounded(schema: Readonly<Record<string, unknown>>): boolean {
  if (schema["type"] === "array") return typeof schema["maxItems"] === "number";
  if (schema["type"] !== "string") return true;
  if ("enum" in schema || "const" in schema) return true;
  return typeof schema["maxLength"] === "number" || ["uuid", "date-time"].includes(String(schema["format"]));
}
