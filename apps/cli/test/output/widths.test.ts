// Every list on terminals of different widths. The screens are in screens.txt.
import { describe, expect, it } from "vitest";
import { tsv } from "../../src/output/delimited.ts";
import { taskColumns } from "../../src/commands/tasks/list.ts";
import { widthOf } from "../../src/terminal/fit.ts";
import { shortenIds } from "../../src/terminal/short-ids.ts";
import { lists, tasks } from "./items.ts";

const widths = [40, 60, 80, 100, 120, 200];

it("every list has the screens of screens.txt", async () => {
  const screens = widths.flatMap((width) =>
    lists.map(({ command, on }) => `${`-- ${command} (${width}) `.padEnd(width, "-")}\n${on(width)}\n`),
  );
  await expect(screens.join("\n")).toMatchFileSnapshot("screens.txt");
});

it.each(lists)("no line of $command is longer than the terminal, for every width", ({ on }) => {
  for (let width = 4; width <= 250; width += 1) {
    const tooLong = on(width)
      .split("\n")
      .filter((line) => widthOf(line) > width);
    expect(tooLong, `${width} columns`).toEqual([]);
  }
});

it.each(lists)("the columns of $command are aligned", ({ on, heads }) => {
  for (const width of widths) {
    const [first = "", ...rows] = on(width).split("\n");
    const shown = heads.filter((head) => head !== "" && first.split(/ {2,}/).includes(head));
    expect(shown.length).toBeGreaterThan(0);
    for (const head of shown) {
      const start = widthOf(first.slice(0, first.search(new RegExp(`\\b${head}(?: {2}|$)`))));
      if (start === 0) continue;
      for (const row of rows) expect(before(row, start), `${head} in ${row}`).toMatch(/(?:^| {2})$/);
    }
  }
});

/** The part of a line in so many terminal columns; of a shorter line nothing, because its last cells are empty. */
function before(line: string, columns: number): string {
  let part = "";
  for (const { segment } of new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(line)) {
    if (widthOf(part) >= columns) return part;
    part += segment;
  }
  return "";
}

it("a list without a terminal has every column in full", () => {
  for (const { on } of lists) expect(on(undefined)).not.toContain("…");
});

describe("shortened ids", () => {
  const ids = tasks.map(({ id }) => id);

  it("shortened ids are different prefixes of the ids, two digits longer than the page needs if their times are equal", () => {
    const short = shortenIds(ids);
    expect(new Set(short).size).toBe(ids.length);
    short.forEach((prefix, index) => expect(ids[index]?.startsWith(prefix)).toBe(true));
    // These ids differ in the 18th character.
    expect(short[3]).toBe("019f1a2b-a004-7abc-8");
  });

  it("contain the whole time of creation, also if the same id is there twice", () => {
    expect(shortenIds(ids.slice(0, 1))).toEqual(["019f1a2b-a001"]);
    expect(shortenIds([ids[0] ?? "", ids[0] ?? ""])).toEqual(["019f1a2b-a001", "019f1a2b-a001"]);
    expect(shortenIds([])).toEqual([]);
  });

  it("appear only where the whole ids do not fit", () => {
    const [first] = lists;
    expect(first?.on(80)).not.toContain(ids[0]);
    expect(first?.on(250)).toContain(ids[0]);
  });
});

it("TSV escapes tabs, line breaks and backslashes, and has no headings", () => {
  const rows = tsv(tasks, taskColumns).split("\n");
  expect(rows).toHaveLength(tasks.length);
  for (const row of rows) expect(row.split("\t")).toHaveLength(taskColumns.length);
  expect(rows[4]).toBe(
    "019f1a2b-a004-7abd-8def-0123456789ab\ttodo\tWebsite\tA tab\\tand a line\\nbreak\t2026-06-30T09:00:00.000Z",
  );
  const [column] = taskColumns;
  if (!column) throw new Error("There is no column.");
  expect(tsv(tasks.slice(0, 1), [{ ...column, cell: () => "C:\\t \r \u001b[2J" }])).toBe("C:\\\\t \\r ␛[2J");
});
