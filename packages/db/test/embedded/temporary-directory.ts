import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, onTestFinished } from "vitest";

/** A directory for one test, removed after it. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await make();
  onTestFinished(() => remove(directory));
  return directory;
}

/** A directory for the tests of one file, removed after the last: making a database anew takes half a second. */
export async function sharedDirectory(): Promise<string> {
  const directory = await make();
  afterAll(() => remove(directory));
  return directory;
}

/** Others may pass through it, as through an ordinary checkout. */
async function make(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "projo-test-"));
  await chmod(directory, 0o711);
  return directory;
}

async function remove(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}
