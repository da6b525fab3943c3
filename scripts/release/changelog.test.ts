import { expect, test } from "vitest";
import { mergeChangelog } from "./changelog.ts";

const before = `# pack

## 0.1.0

### Minor Changes

- aa: Add a.

### Patch Changes

- bb: Fix b.
`;
const later = `## 0.2.0

### Major Changes

- dd: Remove d.

### Minor Changes

- cc: Add c.

`;

test("adds later notes to the section of the amended version", () => {
  const after = before.replace("## 0.1.0", `${later}## 0.1.0`);
  expect(mergeChangelog(before, after, { given: "0.2.0", amended: "0.1.0" })).toBe(`# pack

## 0.1.0

### Major Changes

- dd: Remove d.

### Minor Changes

- aa: Add a.
- cc: Add c.

### Patch Changes

- bb: Fix b.
`);
});

test("keeps the sections of earlier versions", () => {
  const old = before.replace("# pack\n", "# pack\n\n## 0.1.1\n\n### Patch Changes\n\n- ee: Fix e.\n");
  const after = old.replace("## 0.1.1", `${later}## 0.1.1`);
  const merged = mergeChangelog(old, after, { given: "0.2.0", amended: "0.1.1" });
  expect(merged.indexOf("- cc")).toBeLessThan(merged.indexOf("## 0.1.0"));
  expect(merged.slice(merged.indexOf("## 0.1.0"))).toBe(before.slice(before.indexOf("## 0.1.0")));
});

test("fails if the changelog lacks the amended version", () => {
  expect(() =>
    mergeChangelog("# pack\n", "# pack\n\n## 0.2.0\n", { given: "0.2.0", amended: "0.1.0" }),
  ).toThrow("The changelog has no section of the version 0.1.0.");
});
