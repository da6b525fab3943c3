import { describe, expect, it } from "vitest";
import { contract } from "../src/index.ts";

const projectId = "0190a6f0-0000-7000-8000-000000000001";
const isId = (id: unknown) => contract.tasks.get.input.safeParse({ id }).success;
const isUpdate = (change: object) =>
  contract.tasks.update.input.safeParse({ id: projectId, ...change }).success;
const titled = (title: string) => contract.tasks.create.input.safeParse({ projectId, title });

describe("a task's title", () => {
  it("has 1 to 200 characters, counted as people count them", () => {
    expect(titled("").success).toBe(false);
    expect(titled("   ").success).toBe(false);
    expect(titled("x".repeat(200)).success).toBe(true);
    expect(titled("x".repeat(201)).success).toBe(false);
    expect(titled("🙂".repeat(200)).success).toBe(true);
    expect(titled("🙂".repeat(201)).success).toBe(false);
  });

  it("is kept without the space around it", () => {
    expect(titled("  Ship it\n").data?.title).toBe("Ship it");
  });

  it("may hold a tab, and no other control character", () => {
    expect(titled("a\tb").success).toBe(true);
    for (const control of ["\u0000", "\n", "\u001b", "\u007f", "\u0085"]) {
      expect(titled(`a${control}b`).success).toBe(false);
    }
  });
});

describe("an id", () => {
  it("is a UUID in lower case, and nothing that merely looks like one", () => {
    expect(isId(projectId)).toBe(true);
    expect(
      [projectId.toUpperCase(), `${projectId}\n`, `${projectId}' OR 1=1`, "", 1, null].filter(isId),
    ).toEqual([]);
  });
});

describe("an update", () => {
  it("names at least one field to change", () => {
    expect(isUpdate({})).toBe(false);
    expect(isUpdate({ title: undefined })).toBe(false);
    expect(isUpdate({ status: "done" })).toBe(true);
  });
});

describe("an email", () => {
  it("is compared in lower case", () => {
    const parsed = contract.auth.signIn.input.parse({ email: "Ann@Example.com", password: "x" });
    expect(parsed.email).toBe("ann@example.com");
  });
});
