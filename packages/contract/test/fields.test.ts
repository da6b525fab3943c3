import { describe, expect, it } from "vitest";
import { contract } from "../src/index.ts";

const projectId = "0190a6f0-0000-7000-8000-000000000001";
const isId = (id: unknown) => contract.tasks.get.input.safeParse({ id }).success;
const isUpdate = (change: object) =>
  contract.tasks.update.input.safeParse({ id: projectId, ...change }).success;
const titled = (title: string) => contract.tasks.create.input.safeParse({ projectId, title });

describe("a task's title", () => {
  it("accepts 1 to 200 characters, counted as Unicode code points", () => {
    expect(titled("").success).toBe(false);
    expect(titled("   ").success).toBe(false);
    expect(titled("x".repeat(200)).success).toBe(true);
    expect(titled("x".repeat(201)).success).toBe(false);
    expect(titled("🙂".repeat(200)).success).toBe(true);
    expect(titled("🙂".repeat(201)).success).toBe(false);
  });

  it("loses leading and trailing white space", () => {
    expect(titled("  Ship it\n").data?.title).toBe("Ship it");
  });

  it("accepts a tab, and rejects other control characters", () => {
    expect(titled("a\tb").success).toBe(true);
    for (const control of ["\u0000", "\n", "\u001b", "\u007f", "\u0085"]) {
      expect(titled(`a${control}b`).success).toBe(false);
    }
  });
});

describe("an id", () => {
  it("accepts a UUID in lower case, and rejects similar texts", () => {
    expect(isId(projectId)).toBe(true);
    expect(
      [projectId.toUpperCase(), `${projectId}\n`, `${projectId}' OR 1=1`, "", 1, null].filter(isId),
    ).toEqual([]);
  });
});

describe("an update", () => {
  it("requires at least one changed field", () => {
    expect(isUpdate({})).toBe(false);
    expect(isUpdate({ title: undefined })).toBe(false);
    expect(isUpdate({ status: "done" })).toBe(true);
  });
});

describe("an email", () => {
  it("becomes lower case", () => {
    const parsed = contract.auth.signIn.input.parse({ email: "Ann@Example.com", password: "x" });
    expect(parsed.email).toBe("ann@example.com");
  });
});
