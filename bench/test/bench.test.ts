// Tests the runner's arithmetic and its exit codes. No test checks a speed, because that depends on the machine.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runConcurrently } from "../src/runner/run-concurrently.ts";
import { compare, type Contender } from "../src/runner/compare.ts";
import { meetsGoal, type Figure } from "../src/runner/figure.ts";
import { median } from "../src/runner/median.ts";
import { runBench, type Subject } from "../src/runner/run-bench.ts";
import { tableOf } from "../src/runner/table.ts";

describe("median", () => {
  it("returns the middle value, or the mean of the two middle values", () => {
    expect(median([10, 9, 100])).toBe(10);
    expect(median([4, 1, 100, 2])).toBe(3);
  });

  it("throws a RangeError if there are no values", () => {
    expect(() => median([])).toThrow(RangeError);
  });
});

/** Returns contenders and a clock that only their work advances, by the given milliseconds per repetition in each round. */
function fakeContenders(costs: Readonly<Record<string, readonly number[]>>) {
  let now = 0;
  const log: string[] = [];
  const contenders = Object.entries(costs).map(([name, perRound]): Contender => {
    let bursts = 0;
    return {
      name,
      prepare: (many) => {
        now += 1_000_000;
        return Promise.resolve(() => {
          const isWarmUp = bursts % 2 === 0;
          now += isWarmUp ? 500_000 : many * (perRound[Math.floor(bursts / 2)] ?? 0);
          bursts += 1;
          log.push(`${name} ${many}`);
          return Promise.resolve();
        });
      },
    };
  });
  return { contenders, log, now: () => now };
}

describe("a comparison", () => {
  it("excludes preparation and warm-up, and returns the median of the rounds", async () => {
    const { contenders, now } = fakeContenders({ a: [1, 2, 50] });
    const rates = await compare(contenders, { rounds: 3, many: 10, warmUp: 4 }, now);
    expect(rates.rate("a")).toBe(500);
  });

  it("computes ratios within each round, so that a slow round does not change them", async () => {
    // In the second round all work is ten times as slow, and in the third twice as slow.
    const { contenders, now } = fakeContenders({ a: [2, 20, 4], b: [1, 10, 2] });
    const rates = await compare(contenders, { rounds: 3, many: 10, warmUp: 1 }, now);
    expect(rates.ratio("a", "b")).toBe(0.5);
    expect(rates.ratio("b", "a")).toBe(2);
  });

  it("alternates the contenders, warms each up, and starts each round with the next one", async () => {
    const { contenders, log, now } = fakeContenders({ a: [1, 1], b: [1, 1] });
    await compare(contenders, { rounds: 2, many: 10, warmUp: 3 }, now);
    expect(log).toEqual(["a 3", "a 10", "b 3", "b 10", "b 3", "b 10", "a 3", "a 10"]);
  });

  it("throws for the name of an unknown contender", async () => {
    const { contenders, now } = fakeContenders({ a: [1] });
    const rates = await compare(contenders, { rounds: 1, many: 1, warmUp: 1 }, now);
    expect(() => rates.rate("b")).toThrow("There is no measurement called b.");
    expect(() => rates.ratio("a", "b")).toThrow("There is no measurement called b.");
  });
});

it("runConcurrently processes each item once, with at most the given concurrency", async () => {
  const done: number[] = [];
  let [working, most] = [0, 0];
  const items = Array.from({ length: 50 }, (_, item) => item);
  await runConcurrently(4, items, async (item) => {
    working += 1;
    most = Math.max(most, working);
    await new Promise((resolve) => setImmediate(resolve));
    done.push(item);
    working -= 1;
  });
  expect(done.toSorted((a, b) => a - b)).toEqual(items);
  expect(most).toBe(4);
});

const figure = (value: number, goal?: Figure["goal"]): Figure => ({
  name: "ratio",
  value,
  unit: "x",
  ...(goal && { goal }),
});

it("meetsGoal accepts the goal's own value, and rejects values beyond it and NaN", () => {
  expect(meetsGoal(figure(0.85, { atLeast: 0.85 }))).toBe(true);
  expect(meetsGoal(figure(0.849, { atLeast: 0.85 }))).toBe(false);
  expect(meetsGoal(figure(1.2, { atMost: 1.2 }))).toBe(true);
  expect(meetsGoal(figure(1.201, { atMost: 1.2 }))).toBe(false);
  expect(meetsGoal(figure(Number.NaN, { atLeast: 0.85 }))).toBe(false);
  expect(meetsGoal(figure(Number.NaN, { atMost: 1.2 }))).toBe(false);
  expect(meetsGoal(figure(-1))).toBe(true);
});

it("tableOf prints each figure with its goal, and does not round a value across the goal", () => {
  const lines = tableOf([
    figure(0.849, { atLeast: 0.85 }),
    figure(1234.5),
    figure(1.1, { atMost: 1.2 }),
  ]).split("\n");
  expect(lines.map((line) => line.trim().replaceAll(/\s{2,}/g, " | "))).toEqual([
    "measured | goal",
    "ratio | 0.849 x | >= 0.85 x | MISSED",
    "ratio | 1,235 x",
    "ratio | 1.1 x | <= 1.2 x | met",
  ]);
});

it("tableOf prints the figures of a group under its name", () => {
  const lines = tableOf([
    { ...figure(1), group: "get a task" },
    { ...figure(2), group: "get a task" },
    { ...figure(3), group: "create a task" },
    figure(4),
  ]).split("\n");
  expect(lines.map((line) => line.replaceAll(/(?<=\S)\s+/g, " "))).toEqual([
    "                 measured goal",
    "  get a task",
    "    ratio 1 x",
    "    ratio 2 x",
    "  create a task",
    "    ratio 3 x",
    "  ratio 4 x",
  ]);
});

const subjects = (...figures: Figure[]): Subject[] => [
  { name: "one", title: "the first", measure: () => Promise.resolve(figures) },
  { name: "two", title: "the second", measure: ({ quick }) => Promise.resolve([figure(quick ? 1 : 2)]) },
];

async function run(args: readonly string[], ...figures: Figure[]) {
  const printed = { out: "", err: "" };
  const code = await runBench(args, subjects(...figures), {
    out: (text) => (printed.out += text),
    err: (text) => (printed.err += text),
  });
  return { code, ...printed };
}

describe("the program", () => {
  it("returns 0 if all goals are met, and 1 if any goal is missed", async () => {
    expect((await run([], figure(1, { atLeast: 0.85 }))).code).toBe(0);
    expect((await run([], figure(1), figure(0.8, { atLeast: 0.85 }))).code).toBe(1);
  });

  it("measures the named subjects, or all subjects without a name", async () => {
    expect((await run(["two"], figure(0, { atLeast: 1 }))).out).not.toContain("the first");
    expect((await run(["two"], figure(0, { atLeast: 1 }))).code).toBe(0);
    expect((await run([], figure(1))).out).toMatch(/the first[^]*the second/);
  });

  it("returns 2 and lists the subjects for an unknown name, without measuring", async () => {
    const refused = await run(["one", "three"], figure(1));
    expect(refused).toMatchObject({ code: 2, out: "" });
    expect(refused.err).toMatch(/no subject called three[^]*one +the first[^]*two +the second/);
    expect(await run(["--slow"])).toMatchObject({ code: 2, out: "" });
  });

  it("continues after a failed subject, reports its error, and returns 1", async () => {
    const failing: Subject = {
      name: "zero",
      title: "the broken",
      measure: () => Promise.reject(new Error("no disk")),
    };
    const printed = { out: "", err: "" };
    const code = await runBench([], [failing, ...subjects(figure(1))], {
      out: (text) => (printed.out += text),
      err: (text) => (printed.err += text),
    });
    expect(code).toBe(1);
    expect(printed.err).toMatch(/zero failed: Error: no disk/);
    expect(printed.out).toMatch(/the first[^]*the second/);
  });

  it("passes --large to the subjects", async () => {
    const passed: boolean[] = [];
    const measure: Subject["measure"] = ({ large }) => {
      passed.push(large);
      return Promise.resolve([]);
    };
    const streams = { out: () => {}, err: () => {} };
    for (const args of [[], ["--large"]])
      await runBench(args, [{ name: "one", title: "", measure }], streams);
    expect(passed).toEqual([false, true]);
  });

  it("compares builds only with --against, and asks for it by name", async () => {
    const passed: (string | undefined)[] = [];
    const comparison: Subject = {
      name: "builds",
      title: "the builds",
      comparesBuilds: true,
      measure: ({ against }) => {
        passed.push(against);
        return Promise.resolve([]);
      },
    };
    const printed = { out: "", err: "" };
    const streams = { out: () => {}, err: (text: string) => (printed.err += text) };
    expect(await runBench([], [comparison], streams)).toBe(0);
    expect(passed).toEqual([]);
    expect(await runBench(["--against", "../before"], [comparison], streams)).toBe(0);
    expect(await runBench(["builds", "--against", "../before"], [comparison], streams)).toBe(0);
    expect(passed).toEqual(["../before", "../before"]);
    expect(await runBench(["builds"], [comparison], streams)).toBe(2);
    expect(printed.err).toContain("Pass --against DIRECTORY");
  });

  it("writes the figures into a JSON file, also if a goal is missed", async () => {
    const directory = await mkdtemp(join(tmpdir(), "projo-bench-"));
    const file = join(directory, "figures.json");
    const missed = figure(0.8, { atLeast: 0.85 });
    expect((await run(["--quick", "--json", file], missed)).code).toBe(1);
    expect(JSON.parse(await readFile(file, "utf8"))).toMatchObject({
      quick: true,
      allMet: false,
      machine: { node: process.version },
      results: [
        { subject: "one", figures: [missed] },
        { subject: "two", figures: [{ value: 1 }] },
      ],
    });
    await rm(directory, { recursive: true });
  });
});
