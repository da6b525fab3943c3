import { expect, test } from "vitest";
import { contractDocument, type ContractDocument } from "../compatibility/contract-document.ts";
import { checkCompatibility, versionedPackages } from "./check-compatibility.ts";
import { withTree } from "./temporary-tree.ts";

const released = contractDocument();
const { "tasks.get": _, ...others } = released.operations;
const broken: ContractDocument = { ...released, operations: others };

interface Tree {
  readonly version?: string;
  readonly recorded?: readonly string[];
  readonly changeset?: string;
  readonly files?: Readonly<Record<string, string>>;
}

/** Checks a contract in a repository with these versions, recorded releases and changesets. */
function findingsOf(
  contract: ContractDocument,
  { version = "0.2.0", recorded = ["0.1.0"], changeset, files }: Tree = {},
) {
  const tree = {
    ...Object.fromEntries(
      versionedPackages.map((name) => [`${name}/package.json`, JSON.stringify({ version })]),
    ),
    ...Object.fromEntries(
      recorded.map((one) => [`compatibility/${one}/contract.json`, JSON.stringify(released)]),
    ),
    ...(changeset === undefined ? {} : { ".changeset/a-change.md": changeset }),
    ...files,
  };
  return withTree(tree, (root) => checkCompatibility(root, contract));
}

test("accepts a contract that is compatible with the recorded releases", () => {
  expect(findingsOf(released, { recorded: ["0.1.0", "0.1.1"] })).toEqual([]);
});

test("names the operation, the release and the rule of a breaking change, and asks for a major release", () => {
  const findings = findingsOf(broken);
  expect(findings).toHaveLength(2);
  expect(findings[0]).toBe(
    'tasks.get: the operation is removed. This breaks clients of 0.1.0 (rule "operation removed").',
  );
  expect(findings[1]).toContain("ask for a major release");
});

test.each([
  '---\n"@projostack/sdk": major\n---\n\nRemove tasks.get.\n',
  "---\n'@projostack/sdk': major\n---\n\nRemove.\n",
])("accepts a breaking change with a pending major release: %j", (changeset) => {
  expect(findingsOf(broken, { changeset })).toEqual([]);
});

test.each([
  '---\n"@projostack/sdk": minor\n---\n\nRemove tasks.get.\n',
  '---\n"@projostack/cli": major\n---\n\nRemove tasks.get.\n',
  '---\n"@projostack/sdk": minor\n---\n\n"@projostack/sdk": major\n',
])("refuses a breaking change with another changeset: %j", (changeset) => {
  expect(findingsOf(broken, { changeset })).toHaveLength(2);
});

test("compares with the releases of the same major version only", () => {
  const recorded = ["0.1.0", "1.0.0"];
  const current = { "compatibility/1.0.0/contract.json": JSON.stringify(broken) };
  expect(findingsOf(broken, { version: "1.1.0", recorded, files: current })).toEqual([]);
  expect(findingsOf(broken, { version: "0.9.0", recorded })).toHaveLength(2);
});

test("reports a version without a recorded release", () => {
  expect(findingsOf(released, { recorded: [] })).toEqual([
    "compatibility has no release of the major version 0. Run pnpm release:record.",
  ]);
});

test("reports a package with another version", () => {
  expect(findingsOf(released, { files: { "apps/cli/package.json": '{"version":"0.1.0"}' } })).toEqual([
    "apps/cli/package.json has another version than packages/sdk, 0.2.0. Run pnpm release:record.",
  ]);
});
