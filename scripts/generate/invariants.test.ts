import { resolve } from "node:path";
import { expect, test } from "vitest";
import { withTree } from "../checks/temporary-tree.ts";
import { generateInvariants } from "./invariants.ts";

const folders = { "apps/a.ts": "", "bench/a.ts": "", "scripts/a.ts": "", "test/a.ts": "" };
// Joined from parts, so that this file itself has no unknown number.
const unknown = "X" + "99";

test("docs/invariants.md lists each number with its tests", () => {
  const page = generateInvariants(resolve(import.meta.dirname, "../.."))["docs/invariants.md"];
  expect(page).toMatch(/^- \*\*M1\*\* A workspace always has at least one admin.*\n.*last-admin\.test\.ts/m);
});

test("pnpm generate rejects a test title with an undescribed number", () => {
  const tree = { ...folders, "packages/db/a.test.ts": `it("${unknown} keeps a promise", () => {});` };
  expect(() => withTree(tree, generateInvariants)).toThrow(
    `Describe these invariants in scripts/generate/invariants.ts: ${unknown} (packages/db/a.test.ts).`,
  );
});

test("pnpm generate rejects a described number without a test", () => {
  const tree = { ...folders, "packages/db/a.test.ts": "" };
  expect(() => withTree(tree, generateInvariants)).toThrow("No test title carries A1, A2,");
});
