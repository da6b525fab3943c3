/**
 * Compares the contract with that of each recorded release of the same major version, and reports the changes that break its
 * clients. A pending changeset that asks for a major release allows them. Also reports packages whose versions differ.
 */
import { contractDocument, type ContractDocument } from "../compatibility/contract-document.ts";
import { compareContracts } from "../compatibility/compare-contracts.ts";
import { folder, isMajorPending, majorOf, readReleases, versionOf } from "../compatibility/releases.ts";
import { runCheck } from "./run-check.ts";

/** The packages that have the version of the SDK. */
export const versionedPackages: readonly string[] = [
  ".",
  "packages/sdk",
  "packages/contract",
  "apps/api",
  "apps/cli",
  "apps/server",
];

/** Checks the contract. @returns a line for each finding */
export function checkCompatibility(root: string, contract: ContractDocument = contractDocument()): string[] {
  const version = versionOf(root, "packages/sdk");
  const releases = readReleases(root).filter((release) => majorOf(release.version) === majorOf(version));
  const differing = versionedPackages.filter((name) => versionOf(root, name) !== version);
  return [
    ...differing.map(
      (name) =>
        `${name}/package.json has another version than packages/sdk, ${version}. Run pnpm release:record.`,
    ),
    ...(releases.length === 0
      ? [`${folder} has no release of the major version ${majorOf(version)}. Run pnpm release:record.`]
      : []),
    ...(isMajorPending(root)
      ? []
      : releases.flatMap((release) => findBreaking(release.version, release.contract, contract))),
  ];
}

function findBreaking(version: string, before: ContractDocument, after: ContractDocument): string[] {
  const found = compareContracts(before, after).map(({ rule, operation, field, detail }) => {
    const place = field === "" ? operation : `${operation}, ${field}`;
    return `${place}: ${detail}. This breaks clients of ${version} (rule "${rule}").`;
  });
  if (found.length === 0) return [];
  return [
    ...found,
    `Keep the contract compatible with ${version}, or ask for a major release: run pnpm exec changeset and choose major for @projostack/sdk. docs/compatibility.md lists the rules.`,
  ];
}

runCheck(import.meta, checkCompatibility);
