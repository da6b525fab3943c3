import { describe, expect, it } from "vitest";
import { returnPath, signInPath } from "./paths.ts";

describe("returnPath", () => {
  it("returns the path of signInPath, with its query", () => {
    const path = signInPath("/w/1/tasks?status=todo&search=a b");
    expect(path).toBe("/sign-in?return=%2Fw%2F1%2Ftasks%3Fstatus%3Dtodo%26search%3Da+b");
    expect(returnPath(path.slice("/sign-in".length))).toBe("/w/1/tasks?status=todo&search=a%20b");
  });

  it("leads to the workspaces without a path", () => {
    expect([returnPath(""), returnPath("?return="), returnPath("?other=/account")]).toEqual(
      Array.from({ length: 3 }, () => "/workspaces"),
    );
  });

  it.each([
    "https://evil.example",
    "//evil.example",
    "/\\evil.example",
    "/\t/evil.example",
    "\\\\evil.example",
    "javascript:alert(1)",
    "//evil.example/%2f..",
    "account",
  ])("never leads to another origin: %j", (target) => {
    expect(returnPath(`?return=${encodeURIComponent(target)}`)).toBe("/workspaces");
  });
});
