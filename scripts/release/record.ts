/**
 * `pnpm release:record` turns the pending changesets into a version and a changelog, gives the server and the CLI this
 * version, and records the release in `compatibility/<version>`: its contract, its SDK, and the programs that use it. The
 * check of compatibility and the tests of released clients read that folder.
 *
 * With `--amend`, the pending changesets join the version that is already recorded, which must not be published yet.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { format } from "oxfmt";
import { packSdk, run } from "../../packages/sdk/test/pack.ts";
import { versionedPackages } from "../checks/check-compatibility.ts";
import { contractDocument } from "../compatibility/contract-document.ts";
import {
  folder,
  majorOf,
  pendingChangesets,
  recordedVersions,
  versionOf,
} from "../compatibility/releases.ts";
import { mergeChangelog } from "./changelog.ts";

const root = join(import.meta.dirname, "..", "..");
const { values } = parseArgs({ options: { amend: { type: "boolean", default: false } } });

applyChangesets(values.amend);
const version = versionOf(root, "packages/sdk");
setVersions(version);
// The SDK contains its version in a generated file.
runScript("scripts/generate.ts");
await record(version);

/** Lets changesets write the version and the changelog of the SDK. */
function applyChangesets(isAmendment: boolean): void {
  if (pendingChangesets(root).length === 0) return;
  const manifest = join(root, "packages/sdk/package.json");
  const changelog = join(root, "packages/sdk/CHANGELOG.md");
  const amended = versionOf(root, "packages/sdk");
  const notes = readFileSync(changelog, "utf8");
  const cli = join(root, "node_modules/@changesets/cli/bin.js");
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, "version"], {
    cwd: root,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`changeset version failed:\n${stdout}\n${stderr}`);
  if (!isAmendment) return;
  const given = versionOf(root, "packages/sdk");
  writeFileSync(
    manifest,
    readFileSync(manifest, "utf8").replace(`"version": "${given}"`, `"version": "${amended}"`),
  );
  writeFileSync(changelog, mergeChangelog(notes, readFileSync(changelog, "utf8"), { given, amended }));
}

/** The packages that are not published have the version of the SDK, which the server and the CLI print. */
function setVersions(next: string): void {
  for (const name of versionedPackages) {
    const path = join(root, name, "package.json");
    writeFileSync(path, readFileSync(path, "utf8").replace(/^( {2}"version": )"[^"]*"/m, `$1"${next}"`));
  }
}

/** Runs a script of this repository. @throws Error with its output when it fails */
function runScript(path: string): void {
  const tsx = createRequire(import.meta.url).resolve("tsx/cli");
  const words = [tsx, "--conditions=@projostack/source", join(root, path)];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd: root, encoding: "utf8" });
  if (status !== 0) throw new Error(`${path} failed:\n${stdout}\n${stderr}`);
}

async function record(next: string): Promise<void> {
  // A major release may break the clients of earlier ones.
  for (const old of recordedVersions(root).filter((one) => majorOf(one) !== majorOf(next))) {
    rmSync(join(root, folder, old), { recursive: true });
  }
  const place = join(root, folder, next);
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { recursive: true });
  const contract = await format("contract.json", JSON.stringify(contractDocument()), { printWidth: 110 });
  writeFileSync(join(place, "contract.json"), contract.code);
  cpSync(join(import.meta.dirname, "wire.js"), join(place, "wire.js"));
  cpSync(join(root, "scripts/consumers/programs"), join(place, "programs"), {
    recursive: true,
    // The first needs packages of tRPC. The second would fail if a later version accepted the calls, which is no breaking change.
    filter: (path) => !/(?:trpc[^/]*|-refused)\.ts$/.test(path),
  });
  await unpackSdk(join(place, "sdk"));
  writeFileSync(
    join(place, "package.json"),
    `${JSON.stringify({ name: `@projostack/compatibility-${next}`, private: true, type: "module" }, undefined, 2)}\n`,
  );
  console.log(`${folder}/${next} is recorded.`);
}

/** Copies the ES modules of the packed SDK. */
async function unpackSdk(place: string): Promise<void> {
  const packed = await packSdk();
  const unpacked = await mkdtemp(join(tmpdir(), "projostack-release-"));
  try {
    await run("tar", ["-xzf", packed.tarball, "-C", unpacked], { cwd: root });
    cpSync(join(unpacked, "package/dist/esm"), place, {
      recursive: true,
      filter: (path) => !path.endsWith(".d.ts"),
    });
  } finally {
    await packed.remove();
    await rm(unpacked, { recursive: true, force: true });
  }
}
