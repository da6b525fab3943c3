import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runDirectly } from "./run-directly.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "projo-checks-"));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, content: object): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), JSON.stringify(content));
}

/** A workspace with a check of the root and one of a package, which needs a generated file. */
function writeWorkspace({ ofRoot = "true", ofPackage = "true", generate = "true" }): void {
  for (const folder of ["packages", "apps", "examples"]) mkdirSync(join(root, folder));
  write("turbo.json", { tasks: { check: { dependsOn: ["types", "//#check:format"] } } });
  write("package.json", { scripts: { "check:format": ofRoot, "check:advisories": "touch advisories" } });
  write("packages/a/package.json", { name: "a", scripts: { generate, types: ofPackage } });
}

async function run(): Promise<{ passed: boolean; output: string }> {
  const lines: string[] = [];
  const passed = await runDirectly(root, (text) => void lines.push(text));
  return { passed, output: lines.join("\n") };
}

describe("the checks of CI", () => {
  it("pass when the checks of turbo.json pass in the root and in each package, after the generators", async () => {
    writeWorkspace({
      ofRoot: "touch checked",
      ofPackage: "test -e made && touch checked",
      generate: "touch made",
    });
    expect(await run()).toMatchObject({ passed: true });
    expect(
      ["checked", "packages/a/checked", "advisories"].map((file) => existsSync(join(root, file))),
    ).toEqual([true, true, false]);
  });

  it.each([
    ["of the root", { ofRoot: "echo wrong; exit 1" }, ".: check:format failed with exit code 1\nwrong"],
    [
      "of a package",
      { ofPackage: "echo wrong >&2; exit 2" },
      "packages/a: types failed with exit code 2\nwrong",
    ],
    ["of a generator", { generate: "exit 1" }, "packages/a: generate failed with exit code 1"],
  ])("fail with the output of a failed check %s, and run the others", async (_which, scripts, printed) => {
    writeWorkspace(scripts);
    const { passed, output } = await run();
    expect(passed).toBe(false);
    expect(output).toContain(printed);
    expect(output.includes("passed")).toBe(!("generate" in scripts));
  });
});
