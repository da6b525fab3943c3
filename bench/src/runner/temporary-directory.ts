import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A directory for the length of the work. It is also removed when the process ends before that. */
export async function withTemporaryDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), "projo-bench-"));
  const remove = () => rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  process.once("exit", remove);
  try {
    return await work(directory);
  } finally {
    process.off("exit", remove);
    remove();
  }
}
