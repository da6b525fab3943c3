// The recorded releases, in the folder `compatibility`, and the version that the pending changesets ask for.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { ContractDocument } from "./contract-document.ts";

export const folder = "compatibility";

export interface Release {
  readonly version: string;
  readonly contract: ContractDocument;
}

/** Reads the recorded releases, oldest first. */
export function readReleases(root: string): Release[] {
  return recordedVersions(root).map((version) => {
    // `pnpm release:record` wrote the file, so it has the form of a contract document.
    const contract = JSON.parse(
      readFileSync(join(root, folder, version, "contract.json"), "utf8"),
    ) as ContractDocument;
    return { version, contract };
  });
}

/** Returns the versions of the recorded releases, oldest first. */
export function recordedVersions(root: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder))
    .filter((name) => /^\d+\.\d+\.\d+$/.test(name))
    .toSorted((a, b) => a.localeCompare(b, "en", { numeric: true }));
}

/** Returns the version in a package.json. */
export function versionOf(root: string, packageFolder: string): string {
  const text = readFileSync(join(root, packageFolder, "package.json"), "utf8");
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}

/** Returns whether a pending changeset asks for a major release of the SDK. */
export function isMajorPending(root: string): boolean {
  return pendingChangesets(root).some((file) => {
    const [, front = ""] = readFileSync(join(root, ".changeset", file), "utf8").split(/^---$/m);
    return /^\s*["']?@projostack\/sdk["']?\s*:\s*["']?major\b/m.test(front);
  });
}

/** Returns the names of the pending changesets. */
export function pendingChangesets(root: string): string[] {
  const changesets = join(root, ".changeset");
  if (!existsSync(changesets)) return [];
  return readdirSync(changesets).filter((file) => file.endsWith(".md") && file !== "README.md");
}

/** Returns the first part of a version. */
export function majorOf(version: string): string {
  return version.split(".")[0] ?? "";
}
