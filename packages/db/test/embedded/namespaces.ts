import { spawnSync } from "node:child_process";

/** Whether this process may mount file systems in a namespace of its own: root on Linux, outside most containers. */
export const canMount =
  process.getuid?.() === 0 &&
  spawnSync("unshare", ["-m", "mount", "-t", "tmpfs", "none", "/mnt"]).status === 0;

/** The end of a test title, which makes a skip visible. */
export const mountReason = canMount ? "" : " (skipped: these tests need root, unshare and mount)";

/** The program that runs another one with a file system mounted at `directory`, such as `-o size=4m` of memory. */
export const withMemoryDisk = (directory: string, options: string): readonly string[] => {
  const script = 'mount -t tmpfs -o "$1" tmpfs "$2" && shift 2 && exec "$@"';
  return ["unshare", "-m", "sh", "-c", script, "sh", options, directory];
};
