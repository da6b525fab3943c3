import { describe, expect, it } from "vitest";
import { affectedPackages } from "./affected-packages.ts";

const packages = [
  { name: "db", folder: "packages/db", uses: [] },
  { name: "sdk", folder: "packages/sdk", uses: [] },
  { name: "api", folder: "apps/api", uses: ["db"] },
  { name: "bench", folder: "bench", uses: ["api"] },
];

describe("the affected packages", () => {
  it("include the package of a changed file and all packages that depend on it", () => {
    expect(affectedPackages(packages, ["packages/db/src/index.ts"])).toEqual(["api", "bench", "db"]);
    expect(affectedPackages(packages, ["packages/sdk/a.ts", "bench/b.ts"])).toEqual(["bench", "sdk"]);
  });

  it("do not include a package whose name only begins like the folder", () => {
    expect(affectedPackages(packages, ["packages/db-tools/a.ts", "docs/a.md"])).toEqual([]);
  });
});
