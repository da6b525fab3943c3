// A small disk for PostgreSQL's data, which the drill can fill.
import { execFileSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { atExit } from "./at-exit.ts";

export interface DataDisk {
  readonly directory: string;
  /** Whether it is a disk of its own. Only root can mount one. */
  readonly canBeFilled: boolean;
  fill(): void;
  free(): void;
  unmount(): void;
}

const MEGABYTES = 640;

/** Mounts a tmpfs. Without the right to do so, the directory is an ordinary one, which is never filled. */
export function mountDataDisk(directory: string): DataDisk {
  mkdirSync(directory, { recursive: true });
  const canBeFilled = mount(directory);
  const ballast = join(directory, "ballast");
  const unmountNow = () => {
    if (canBeFilled) execFileSync("umount", ["--lazy", directory], { stdio: "ignore" });
  };
  const unmounts = atExit(unmountNow);
  return {
    directory,
    canBeFilled,
    fill: () => fillFile(ballast),
    free: () => rmSync(ballast, { force: true }),
    unmount: () => {
      unmounts();
      unmountNow();
    },
  };
}

function mount(directory: string): boolean {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return false;
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${MEGABYTES}m,mode=755`, "tmpfs", directory], {
      stdio: "ignore",
    });
    return true;
  } catch {
    // A container without CAP_SYS_ADMIN cannot mount.
    return false;
  }
}

/** Writes until the disk is full, and then its last pages. */
function fillFile(path: string): void {
  const file = openSync(path, "w");
  try {
    for (let size = 1 << 20; size >= 4096;) {
      try {
        writeSync(file, Buffer.alloc(size));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
        size = size === 4096 ? 0 : 4096;
      }
    }
  } finally {
    closeSync(file);
  }
}
