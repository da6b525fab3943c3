// docs/tutorials/comments.md adds a feature to a copy of the repository. The checks and the proofs pass there, and no file
// had to be edited that the page does not name.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { copyRepository, type RepositoryCopy } from "./repository-copy.ts";
import { applyStep, readSteps } from "./tutorial.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const steps = readSteps(join(root, "docs/tutorials/comments.md"));
const MINUTE_MS = 60_000;

/**
 * The tests that read the fixture, besides those that `generate:printed` runs. This suite itself proves the operations that exist
 * without the tutorial, so of the tests with a title for each operation only those of the new ones run.
 */
const proofsByOperation = [
  "apps/api/test/proofs/examples.test.ts",
  "apps/api/test/proofs/forged-actors.test.ts",
  "apps/api/test/proofs/isolation.test.ts",
];
const titles = "comments|sees (?:only|no|and)|own and a foreign id|fixture of every list";
const proofs = [
  "apps/api/test/audit/documented-acts.test.ts",
  "apps/api/test/workspaces/purge.test.ts",
  "packages/authz",
  "packages/contract",
  "packages/db/test/catalogue",
  "packages/db/test/drift.test.ts",
  "packages/db/test/isolation",
];

let copy: string;
let repository: RepositoryCopy;
beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), "projo-tutorial-"));
  repository = copyRepository(root, copy);
}, 10 * MINUTE_MS);
afterAll(() => rmSync(copy, { recursive: true, force: true }));

/** The files that the tutorial or a generator wrote. */
const changedFiles = () => repository.command("git diff --name-only --diff-filter=d HEAD~2");

/**
 * The linter checks every file in `pnpm check`. Here, the files that the tutorial or a generator wrote, and those whose `switch` may
 * lack a value that the tutorial adds to a type.
 */
function filesToLint(): string[] {
  const switches = repository.command("git grep --files-with-matches --fixed-strings 'switch ('");
  const files = `${changedFiles()}${switches}`.split("\n").filter((file) => /\.tsx?$/.test(file));
  return [...new Set(files)];
}

const commit = () =>
  repository.command(
    "git add -A && git -c user.name=t -c user.email=t@example.com commit -qm step && git show --name-status --format= HEAD",
  );

describe("the tutorial for comments", () => {
  it("touches at most 16 files by hand, and no existing test", () => {
    for (const step of steps) applyStep(copy, step);
    const changes = commit().trim().split("\n");
    expect(changes.map((line) => line.split("\t")[1]).toSorted()).toEqual(
      steps.map(({ path }) => path).toSorted(),
    );
    expect(changes.length).toBeLessThanOrEqual(16);
    const editedTests = changes.filter((line) => /^M\t.*(?:\/test\/|\.test\.ts$)/.test(line));
    expect(editedTests).toEqual([]);
  });

  it("leaves everything else to the generators", { timeout: 40 * MINUTE_MS }, () => {
    repository.run(".", "generate");
    // The first command has generated Prisma's client in packages/db.
    for (const folder of repository.packages)
      if (![".", "packages/db"].includes(folder) && repository.scriptsOf(folder).includes("generate"))
        repository.run(folder, "generate");
    repository.run(".", "generate:printed");
    const written = commit()
      .trim()
      .split("\n")
      .map((line) => line.split("\t")[1] ?? "");
    const byHand = written.filter((path) => !isGenerated(readFileSync(join(copy, path), "utf8")));
    // This page is written by hand, and `pnpm generate` adds the rows of its tables.
    expect(byHand).toEqual(["docs/audit.md"]);
    expect(written).toEqual(expect.arrayContaining(["packages/sdk/src/generated/api.ts"]));
  });

  it("passes the checks", { timeout: 40 * MINUTE_MS }, () => {
    const checks = repository
      .scriptsOf(".")
      .filter((script) => script.startsWith("check:") && script !== "check:advisories");
    expect(checks.length).toBeGreaterThan(6);
    for (const check of checks) if (check !== "check:lint") repository.run(".", check);
    repository.command(`oxlint ${filesToLint().join(" ")}`);
    // To the other packages the tutorial only adds exports, which nothing there uses.
    const changed = changedFiles().split("\n");
    const typed = repository.packages.filter(
      (folder) =>
        repository.scriptsOf(folder).includes("types") &&
        changed.some((path) => path.startsWith(`${folder}/`)),
    );
    expect(typed).toEqual(
      expect.arrayContaining(["apps/api", "apps/cli", "packages/contract", "packages/sdk"]),
    );
    for (const folder of typed) repository.run(folder, "types");
  });

  it("passes the proofs", { timeout: 40 * MINUTE_MS }, () => {
    const ran = repository.command(`vitest run --project all -t "${titles}" ${proofsByOperation.join(" ")}`);
    expect(stripVTControlCharacters(ran)).toMatch(/Test Files +3 passed/);
    repository.command(`vitest run --project all ${proofs.join(" ")}`);
    expect(repository.command("git status --porcelain")).toBe("");
  });
});

const isGenerated = (text: string): boolean =>
  /^(?:\/\/|<!--) (?:Generated|Printed) by|^\{\s*"\$comment": "Generated by/.test(text);
