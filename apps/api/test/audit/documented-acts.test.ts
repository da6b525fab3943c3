// docs/audit.md has tables of all recorded actions. Each row names an action and the operations that record it.
import { readFile } from "node:fs/promises";
import { accountActions, auditActions, operations } from "@projostack/contract";
import { expect, it } from "vitest";

const page = new URL("../../../../docs/audit.md", import.meta.url);

it("docs/audit.md lists every recorded action and each operation that records it", async () => {
  const rows = [...(await readFile(page, "utf8")).matchAll(/^\| `([a-z]+\.[a-z_]+)` *\| (.*?) *\|$/gm)];
  expect(
    rows.map(([, action]) => action),
    "pnpm generate adds a missing row",
  ).toEqual([...auditActions, ...accountActions]);
  const said = operations.flatMap(({ name, operation }) =>
    rows
      .filter(([, action, by]) => action === operation.records && by?.includes(`\`${name}\``))
      .map(() => name),
  );
  const recording = operations.filter(({ operation }) => typeof operation.records === "string");
  expect(said).toEqual(recording.map(({ name }) => name));
});
