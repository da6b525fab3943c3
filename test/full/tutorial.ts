// Reads the files and edits that a tutorial prints, and applies them to a copy of the repository.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

export interface Step {
  readonly path: string;
  readonly kind: "new file" | "edit";
  /** The whole file, or for an edit the lines with a leading `+`, `-` or space. */
  readonly text: string;
}

/** The blocks of a page that follow a line such as `**apps/api/src/router.ts** (edit)`. */
export function readSteps(page: string): Step[] {
  const blocks = readFileSync(page, "utf8").matchAll(
    /^\*\*(\S+)\*\* \((new file|edit)\)\n\n(`{3,})\w+\n([^]*?)^\3$/gm,
  );
  return [...blocks].map(([, path = "", kind, , text = ""]) => ({
    path,
    kind: kind === "edit" ? kind : "new file",
    text,
  }));
}

/** Writes a new file, or changes an existing one. @throws Error when an edit does not fit its file */
export function applyStep(root: string, { path, kind, text }: Step): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, kind === "edit" ? edited(readFileSync(file, "utf8"), text, path) : text, {
    flag: kind === "edit" ? "w" : "wx",
  });
}

const AT_END = "@@ at the end of the file\n";

function edited(original: string, edit: string, path: string): string {
  let result = original;
  for (const hunk of edit.split(/^(?=@@)/m)) {
    const lines = hunk
      .replace(/^@@.*\n/, "")
      .split("\n")
      .slice(0, -1);
    const [before, after] = [linesOf(lines, "-"), linesOf(lines, "+")];
    if (hunk.startsWith(AT_END)) result = result.trimEnd() + "\n" + after;
    else if (result.split(before).length === 2) result = result.replace(before, () => after);
    else throw new Error(`${path} must contain these lines exactly once:\n${before}`);
  }
  return result;
}

/** The lines with this sign and those without any. */
const linesOf = (lines: readonly string[], sign: string): string =>
  lines
    .filter((line) => line.startsWith(sign) || line.startsWith(" ") || line === "")
    .map((line) => `${line.slice(1)}\n`)
    .join("");
