// Makes the directory of the installation that all tests of a run share. The first test that needs it installs (installed-program.ts).
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "projo-installation-"));
  // A test runs the program as another user.
  await chmod(folder, 0o755);
  project.provide("installation", folder);
  return () => rm(folder, { recursive: true, force: true });
}

declare module "vitest" {
  interface ProvidedContext {
    installation: string;
  }
}
