import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { budgetProblem, firstLoads, type BuiltChunk } from "../build/first-load-budget.ts";

const chunk = (fileName: string, fields: Partial<BuiltChunk> = {}): BuiltChunk => ({
  fileName,
  code: `${fileName} ${"0123456789abcdef".repeat(fileName.length)}`,
  isEntry: false,
  facadeModuleId: null,
  imports: [],
  dynamicImports: [],
  ...fields,
});
const page = (name: string) => `/repository/apps/web/src/pages/${name}.tsx`;

const entry = chunk("index.js", {
  isEntry: true,
  imports: ["react.js"],
  dynamicImports: ["area.js", "sign-in.js", "sdk-explanations.js"],
});
const chunks = [
  entry,
  chunk("react.js"),
  chunk("shared.js", { imports: ["react.js"] }),
  chunk("area.js", {
    facadeModuleId: page("workspace-area"),
    imports: ["shared.js"],
    dynamicImports: ["tasks.js"],
  }),
  chunk("tasks.js", {
    facadeModuleId: page("tasks/tasks-page"),
    imports: ["shared.js"],
    dynamicImports: ["dialog.js"],
  }),
  chunk("dialog.js", { facadeModuleId: page("tasks/create-task-dialog") }),
  chunk("sign-in.js", { facadeModuleId: page("auth/sign-in-page") }),
  chunk("sdk-explanations.js", { facadeModuleId: "/repository/packages/sdk/src/explanations.ts" }),
];
const sizeOf = (...names: string[]) =>
  chunks
    .filter(({ fileName }) => names.includes(fileName))
    .reduce((sum, { code }) => sum + gzipSync(code).length, 0) / 1_000;

describe("firstLoads", () => {
  it("adds the scripts of a page, of its importers, and of what they share, each once", () => {
    expect(
      Object.fromEntries(firstLoads(chunks).map(({ page: name, kilobytes }) => [name, kilobytes])),
    ).toEqual({
      "main.tsx": sizeOf("index.js", "react.js"),
      "pages/workspace-area.tsx": sizeOf("index.js", "react.js", "area.js", "shared.js"),
      "pages/tasks/tasks-page.tsx": sizeOf("index.js", "react.js", "area.js", "shared.js", "tasks.js"),
      "pages/auth/sign-in-page.tsx": sizeOf("index.js", "react.js", "sign-in.js"),
    });
  });
});

describe("budgetProblem", () => {
  it("names each page above the budget", () => {
    const loads = [
      { page: "main.tsx", kilobytes: 100 },
      { page: "pages/tasks/tasks-page.tsx", kilobytes: 110.1 },
    ];
    expect(budgetProblem(loads, 110)).toMatch(
      /^These pages load more than 110 KB .*: pages\/tasks\/tasks-page\.tsx \(110\.1 KB\)\./,
    );
    expect(budgetProblem(loads, 111)).toBeUndefined();
  });
});
