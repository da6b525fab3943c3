/**
 * `pnpm check` runs every check through turbo, which keeps the results of the packages that did not change. In CI, where nothing is
 * kept, it runs the same checks without turbo. `pnpm check --affected` is quick: it formats and lints only the files that
 * differ from the branch `main`, and compiles only their packages and the packages that depend on them. turbo's own
 * --affected would check everything: the root package depends on most packages, and every package depends on the root.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { affectedPackages, readPackages } from "./checks/affected-packages.ts";
import { runDirectly } from "./checks/run-directly.ts";

const root = join(import.meta.dirname, "..");
const options = process.argv.slice(2);
if (options.includes("--affected")) checkAffected();
else if (process.env["CI"] === "true" && options.length === 0)
  process.exitCode = (await runDirectly(root, (text) => console.log(text))) ? 0 : 1;
else process.exitCode = run("node", "scripts/turbo.js", "run", "check", "--continue", ...options) ? 0 : 1;

function checkAffected(): void {
  const files = changedFiles();
  const sources = files.filter((file) => /\.tsx?$/.test(file) && !file.includes("/generated/"));
  const names = affectedPackages(readPackages(root), files);
  console.log(`${files.length} files differ from main. Affected: ${names.join(", ") || "no package"}.`);
  const passed = [
    files.length === 0 || run("oxfmt", "--check", "--no-error-on-unmatched-pattern", ...files),
    sources.length === 0 || run("oxlint", ...sources),
    names.length === 0 ||
      run(
        "node",
        "scripts/turbo.js",
        "run",
        "types",
        "--continue",
        ...names.map((name) => `--filter=${name}`),
      ),
    ...["check:generated", "check:docs", "check:repository", "check:compatibility"].map((script) =>
      run("pnpm", "run", script),
    ),
  ];
  if (passed.includes(false)) process.exitCode = 1;
}

/** The files that differ from the common ancestor with `main`, and the new files. */
function changedFiles(): string[] {
  const base = git("merge-base", "HEAD", "main").trim();
  const listed = git("diff", "--name-only", base) + git("ls-files", "--others", "--exclude-standard");
  return [...new Set(listed.split("\n"))].filter((file) => file !== "" && existsSync(join(root, file)));
}

function git(...words: string[]): string {
  const { status, stdout, stderr } = spawnSync("git", words, { cwd: root, encoding: "utf8" });
  if (status !== 0) throw new Error(`git ${words.join(" ")}: ${stderr}`);
  return stdout;
}

function run(program: string, ...words: string[]): boolean {
  return spawnSync(program, words, { cwd: root, stdio: "inherit" }).status === 0;
}
