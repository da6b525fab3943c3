import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** @returns when the newest file in the directory was changed, in ms since 1970. Tests are not part of a build. */
export const newestIn = (directory: string): number =>
  Math.max(
    0,
    ...readdirSync(directory, { withFileTypes: true }).map((entry) => {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) return newestIn(path);
      return /\.test(?:-d)?\.ts$/.test(entry.name) ? 0 : statSync(path).mtimeMs;
    }),
  );
