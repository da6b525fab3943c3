import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, onTestFinished } from "vitest";

/** Creates a directory for one test and removes it after the test. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await make();
  onTestFinished(() => remove(directory));
  return directory;
}

/** Creates a directory for the tests of a file and removes it after the last. Creating a database takes half a second. */
export async function sharedDirectory(): Promise<string> {
  const directory = await make();
  afterAll(() => remove(directory));
  return directory;
}

/** Other users can traverse the directory, as in an ordinary checkout. */
async function make(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "projo-test-"));
  await chmod(directory, 0o711);
  return directory;
}

async function remove(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}
