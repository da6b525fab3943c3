import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { checkRepository, type Exemption } from "./check-repository.ts";
import { withTree } from "./temporary-tree.ts";

/** Checks a repository that tracks these files. */
function findingsOf(files: Readonly<Record<string, string>>, exempt: readonly Exemption[] = []): string[] {
  return withTree(files, (root) => {
    execFileSync("git", ["init", "--quiet"], { cwd: root });
    execFileSync("git", ["add", "."], { cwd: root });
    return checkRepository(root, exempt);
  });
}

// Joined from parts, so that the check does not report this file.
const machinePath = "/ro" + "ot/project/a.ts";
const marker = "FIX" + "ME";

const commit = "11bd71901bbe5b1630ceea73d27597364c9af683";

test.each([
  ["a path of one machine", "a.ts", `const a = "${machinePath}";`],
  ["a path of a build machine", "a.md", "see /wo" + "rk for more"],
  ["a path of a home directory", "a.json", `{"a": "/ho${"me"}/ada/b"}`],
  ["a temporary path in a document", "docs/a.md", "look into /t" + "mp/output"],
  ["a registry setting", ".npmrc", "regis" + "try=https://example.com"],
  ["the host of a registry", "a.md", "https://regis" + "try.npmjs.org/x"],
  ["a registry token", ".npmrc", "//example.com/:_auth" + "Token=abc"],
  [
    "a lockfile that is tied to one registry",
    "pnpm-lock.yaml",
    "resolution: {tar" + "ball: https://example.com/a.tgz}",
  ],
  ["an unfinished marker", "a.ts", `// ${marker}: later`],
  ["a GitHub action that is pinned to a tag", ".github/workflows/a.yml", "      - uses: actions/checkout@v4"],
  ["a command in a workflow", ".github/workflows/a.yml", "      - run: npm test"],
  ["a command after .ci/run", ".github/workflows/a.yml", "      - run: .ci/run && npm test"],
  ["a block of commands in a workflow", ".github/workflows/a.yml", "      - run: |"],
])("the check reports %s", (_what, file, line) => {
  expect(findingsOf({ [file]: `first\n${line}\n` })).toEqual([
    expect.stringMatching(new RegExp(`^${file}:2 holds `)),
  ]);
});

test("the check accepts similar text that is harmless", () => {
  const lines = [
    "https://example.com/root/x",
    "src/work/a.ts",
    "const todo = 'todo';",
    "mkdtemp projo-XXXXXX",
    "`${folder}/root/x`",
    "`/tmp` is fine",
    "root's home is /ro" + "ot, which others may not read",
  ];
  expect(findingsOf({ "a.md": lines.join("\n"), "a.ts": 'const socket = "/t' + 'mp/a.sock";' })).toEqual([]);
});

test("the check accepts a workflow with pinned actions that runs .ci/run", () => {
  const steps = [
    `- uses: actions/checkout@${commit} # v4.2.2`,
    "- uses: ./.github/actions/own",
    "- run: .ci/run",
  ];
  expect(findingsOf({ ".github/workflows/a.yml": `runs-on: ubuntu-24.04\n${steps.join("\n")}\n` })).toEqual(
    [],
  );
});

test("the check applies an exemption to its rule in its file, and reports an unused exemption", () => {
  const exempt = [{ file: "a.ts", rule: "marker", reason: "for the test" }];
  expect(findingsOf({ "a.ts": marker }, exempt)).toEqual([]);
  expect(findingsOf({ "a.ts": "clean" }, exempt)).toEqual([
    expect.stringMatching(/^a\.ts:1 has an unused exemption/),
  ]);
  expect(findingsOf({ "a.ts": machinePath }, exempt)).toHaveLength(2);
});

test("the check finds nothing in this repository", () => {
  expect(checkRepository(resolve(import.meta.dirname, "../.."))).toEqual([]);
});
