import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { checkRepository, type Exemption } from "./check-repository.ts";
import { withTree } from "./temporary-tree.ts";

/** The findings of a repository that tracks these files. */
function findingsOf(files: Readonly<Record<string, string>>, exempt: readonly Exemption[] = []): string[] {
  return withTree(files, (root) => {
    execFileSync("git", ["init", "--quiet"], { cwd: root });
    execFileSync("git", ["add", "."], { cwd: root });
    return checkRepository(root, exempt);
  });
}

// Joined from halves, so that this file itself stays clean.
const machinePath = "/ro" + "ot/project/a.ts";
const marker = "FIX" + "ME";

const commit = "11bd71901bbe5b1630ceea73d27597364c9af683";

test.each([
  ["a machine's path", "a.ts", `const a = "${machinePath}";`],
  ["a path of where it was made", "a.md", "see /wo" + "rk for more"],
  ["a person's path", "a.json", `{"a": "/ho${"me"}/ada/b"}`],
  ["a temporary path in a page", "docs/a.md", "look into /t" + "mp/output"],
  ["a registry", ".npmrc", "regis" + "try=https://example.com"],
  ["a registry's host", "a.md", "https://regis" + "try.npmjs.org/x"],
  ["a token", ".npmrc", "//example.com/:_auth" + "Token=abc"],
  ["a lockfile of one registry", "pnpm-lock.yaml", "resolution: {tar" + "ball: https://example.com/a.tgz}"],
  ["a note to oneself", "a.ts", `// ${marker}: later`],
  ["an action that is pinned to a tag", ".github/workflows/a.yml", "      - uses: actions/checkout@v4"],
  ["a workflow's own command", ".github/workflows/a.yml", "      - run: npm test"],
  ["a command after .ci/run", ".github/workflows/a.yml", "      - run: .ci/run && npm test"],
  ["a block of commands", ".github/workflows/a.yml", "      - run: |"],
])("%s is found", (_what, file, line) => {
  expect(findingsOf({ [file]: `first\n${line}\n` })).toEqual([
    expect.stringMatching(new RegExp(`^${file}:2 holds `)),
  ]);
});

test("similar text that is harmless is not reported", () => {
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

test("a workflow with pinned actions that runs .ci/run is not reported", () => {
  const steps = [
    `- uses: actions/checkout@${commit} # v4.2.2`,
    "- uses: ./.github/actions/own",
    "- run: .ci/run",
  ];
  expect(findingsOf({ ".github/workflows/a.yml": `runs-on: ubuntu-24.04\n${steps.join("\n")}\n` })).toEqual(
    [],
  );
});

test("an exemption silences its rule in its file, and is reported once unused", () => {
  const exempt = [{ file: "a.ts", rule: "marker", reason: "for the test" }];
  expect(findingsOf({ "a.ts": marker }, exempt)).toEqual([]);
  expect(findingsOf({ "a.ts": "clean" }, exempt)).toEqual([expect.stringMatching(/^a\.ts:1 is exempt/)]);
  expect(findingsOf({ "a.ts": machinePath }, exempt)).toHaveLength(2);
});

test("this repository is clean", () => {
  expect(checkRepository(resolve(import.meta.dirname, ".."))).toEqual([]);
});
