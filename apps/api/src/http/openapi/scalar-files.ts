import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** The paths of the files of Scalar's package from which the server makes the page `/docs`. */
export interface ScalarFiles {
  /** The script of the page. */
  readonly bundle: string;
  /** The package.json. */
  readonly manifest: string;
}

export function scalarFiles(): ScalarFiles {
  // The style sheet is the only file beside the bundle that the package exports.
  const styles = createRequire(import.meta.url).resolve("@scalar/api-reference/style.css");
  const folder = dirname(dirname(styles));
  return { bundle: join(folder, "dist/browser/standalone.js"), manifest: join(folder, "package.json") };
}
