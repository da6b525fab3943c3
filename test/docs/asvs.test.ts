import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const page = readFileSync(join(root, "docs/asvs.md"), "utf8");

/** The requirements of ASVS 5.0.0 at levels 1 and 2: the last part of each number, by section. */
const requirements: Record<string, readonly number[]> = {
  "1.1": [1, 2],
  "1.2": [1, 2, 3, 4, 5, 6, 7, 8, 9],
  "1.3": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
  "1.4": [1, 2, 3],
  "1.5": [1, 2],
  "2.1": [1, 2, 3],
  "2.2": [1, 2, 3],
  "2.3": [1, 2, 3, 4],
  "2.4": [1],
  "3.2": [1, 2],
  "3.3": [1, 2, 3, 4],
  "3.4": [1, 2, 3, 4, 5, 6],
  "3.5": [1, 2, 3, 4, 5],
  "3.7": [1, 2],
  "4.1": [1, 2, 3],
  "4.2": [1],
  "4.3": [1, 2],
  "4.4": [1, 2, 3, 4],
  "6.1": [1, 2, 3],
  "6.2": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
  "6.3": [1, 2, 3, 4],
  "6.4": [1, 2, 3, 4],
  "6.5": [1, 2, 3, 4, 5],
  "6.6": [1, 2, 3],
  "6.8": [1, 2, 3, 4],
  "7.1": [1, 2, 3],
  "7.2": [1, 2, 3, 4],
  "7.3": [1, 2],
  "7.4": [1, 2, 3, 4, 5],
  "7.5": [1, 2],
  "7.6": [1, 2],
  "8.1": [1, 2],
  "8.2": [1, 2, 3],
  "8.3": [1],
  "8.4": [1],
  "9.1": [1, 2, 3],
  "9.2": [1, 2, 3, 4],
  "11.1": [1, 2],
  "11.2": [1, 2, 3],
  "11.3": [1, 2, 3],
  "11.4": [1, 2, 3, 4],
  "11.5": [1],
  "11.6": [1],
  "12.1": [1, 2, 3],
  "12.2": [1, 2],
  "12.3": [1, 2, 3, 4],
  "13.1": [1],
  "13.2": [1, 2, 3, 4, 5],
  "13.3": [1, 2],
  "13.4": [1, 2, 3, 4, 5],
  "14.1": [1, 2],
  "14.2": [1, 2, 3, 4],
  "14.3": [1, 2, 3],
  "15.1": [1, 2, 3],
  "15.2": [1, 2, 3],
  "15.3": [1, 2, 3, 4, 5, 6, 7],
  "16.1": [1],
  "16.2": [1, 2, 3, 4, 5],
  "16.3": [1, 2, 3, 4],
  "16.4": [1, 2, 3],
  "16.5": [1, 2, 3],
};

const rows = [...page.matchAll(/^\| (\d+\.\d+\.\d+) +\| ([12]) +\| (.+?) +\| (.+?) +\|$/gm)].map(
  ([, number = "", , , answer = ""]) => ({ number, answer }),
);
/** The tests that the page names, each with one of its invariant numbers. */
const namedTests = [...page.matchAll(/`([\w./-]+\.test\.ts)`(?: \(([A-Z]\d+(?:, [A-Z]\d+)*)\))?/g)].flatMap(
  ([, path = "", numbers]) => (numbers?.split(", ") ?? [null]).map((number) => ({ path, number })),
);

describe("docs/asvs.md", () => {
  it("answers every requirement of its chapters once", () => {
    const numbers = Object.entries(requirements).flatMap(([section, lasts]) =>
      lasts.map((last) => `${section}.${last}`),
    );
    expect(rows.map(({ number }) => number)).toEqual(numbers);
  });

  it("names a test or a section for each met requirement, and a reason for each other one", () => {
    const unproven = rows.filter(({ answer }) => {
      if (answer.startsWith("met: ")) return !/`[\w./-]+\.test\.ts`|\]\([\w./-]+\.md#[\w-]+\)/.test(answer);
      return !/^(?:not applicable|deviation): .{10}/.test(answer);
    });
    expect(unproven).toEqual([]);
  });

  it("names tests that exist and have the invariant numbers in their titles", () => {
    expect(namedTests.length).toBeGreaterThan(30);
    const missing = namedTests.filter(({ path, number }) => {
      if (!existsSync(join(root, path))) return true;
      const titles = [...readFileSync(join(root, path), "utf8").matchAll(/["'`]((?:[A-Z]\d+,? )+)/g)];
      return number !== null && !titles.some(([, numbers = ""]) => numbers.split(/,? /).includes(number));
    });
    expect(missing).toEqual([]);
  });
});
