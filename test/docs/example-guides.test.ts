// The guides of the applications in examples print parts of their code. test/full runs the applications.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");

describe.each(["docs/guides/vite-react.md", "docs/guides/next.md"])("%s", (guide) => {
  const text = readFileSync(join(root, guide), "utf8");
  const blocks = [...text.matchAll(/(?:<!-- from (\S+) -->\s*)?^```tsx\n([^]*?)^```$/gm)];

  it("prints code that is in the example", () => {
    expect(blocks.length).toBeGreaterThan(4);
    for (const [, file, code = ""] of blocks) {
      expect(file, `the comment before:\n${code}`).toBeDefined();
      expect(withoutIndentation(readFileSync(join(root, file ?? ""), "utf8"))).toContain(
        withoutIndentation(code),
      );
    }
  });
});

/** A block shows code of a function without the indentation of the function. */
const withoutIndentation = (code: string): string => code.replaceAll(/^ +/gm, "");
