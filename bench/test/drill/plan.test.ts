import { describe, expect, it } from "vitest";
import { parseDrillArguments } from "../../src/drill/arguments.ts";
import { faultsOf, quickNames } from "../../src/drill/faults/faults.ts";
import { randomOf } from "../../src/drill/random.ts";
import { levelProblems } from "../../src/drill/soak/level.ts";
import type { Interval } from "../../src/drill/soak/interval.ts";
import { messageReader } from "../../src/drill/stack/message-reader.ts";

const faults = faultsOf({ previous: undefined });
const names = faults.map(({ name }) => name);
const interval = (more: Partial<Interval> = {}): Interval => ({
  minute: 1,
  requestsPerSecond: 50,
  failures: 0,
  p50Ms: 5,
  p99Ms: 20,
  rssMb: [150, 150, 150],
  handles: [30, 30, 30],
  ...more,
});

const stepsOf = (name: string) =>
  faults.find((one) => one.name === name)?.steps(randomOf(1, name), { quick: false });

const message = (type: string, body: string) => {
  const bytes = Buffer.alloc(5 + body.length);
  bytes.write(type, 0);
  bytes.writeInt32BE(4 + body.length, 1);
  bytes.write(body, 5);
  return bytes;
};

const soakOf = (last: Partial<Interval>) => Array.from({ length: 9 }, (_, n) => interval(n >= 6 ? last : {}));

const planOf = (seed: number, quick: boolean) =>
  faults.map(({ name, steps }) => steps(randomOf(seed, name), { quick }));

describe("the plan of a drill", () => {
  it("the plan is the same for the same seed, and another one for another seed", () => {
    expect(planOf(1, false)).toEqual(planOf(1, false));
    expect(planOf(1, false)).not.toEqual(planOf(2, false));
  });

  it("strikes the servers twenty times and PostgreSQL ten times, and chooses each server", () => {
    expect(stepsOf("server-sigkill")).toHaveLength(20);
    expect(stepsOf("postgres-sigkill")).toHaveLength(10);
    expect(new Set(stepsOf("server-sigkill")?.map(({ choice }) => choice))).toEqual(new Set([0, 1, 2]));
  });

  it("the plan has a short form with known faults", () => {
    expect(names).toEqual(expect.arrayContaining([...quickNames]));
  });
});

describe("the arguments of a drill", () => {
  it("selects faults, a seed and a soak", () => {
    const args = ["--seed", "7", "--quick", "clock"];
    expect(parseDrillArguments(args, names)).toMatchObject({ seed: 7, quick: true, names: ["clock"] });
    expect(parseDrillArguments(["--soak", "60"], names)).toMatchObject({ soakMinutes: 60 });
  });

  it.each([["nobody"], ["--seed=x"], ["--seed=-1"], ["--soak=0"], ["--unknown"]])(
    "rejects %s",
    (argument) => {
      expect(parseDrillArguments([argument], names)).toHaveProperty("problem");
    },
  );
});

describe("the messages of PostgreSQL", () => {
  const startup = message("?", "user\0projo\0\0").subarray(1);

  it("messages are found wherever the bytes are split", () => {
    const bytes = Buffer.concat([startup, message("Q", "BEGIN\0"), message("P", "\0COMMIT\0")]);
    for (let at = 0; at <= bytes.length; at += 1) {
      const read = messageReader({ hasStartup: true });
      const found = [...read(bytes.subarray(0, at)), ...read(bytes.subarray(at))];
      expect(found.map(({ type, body }) => [type, body.toString()])).toEqual([
        ["Q", "BEGIN\0"],
        ["P", "\0COMMIT\0"],
      ]);
    }
  });
});

describe("the values of a soak", () => {
  it("may vary a little", () => {
    expect(levelProblems(soakOf({ p99Ms: 25, rssMb: [155, 152, 149] }))).toEqual([]);
  });

  it.each<[string, Partial<Interval>]>([
    ["memory", { rssMb: [200, 200, 200] }],
    ["number of handles", { handles: [60, 60, 60] }],
    ["p99", { p99Ms: 60 }],
  ])("are reported when the %s grows", (what, last) => {
    expect(levelProblems(soakOf(last))).toEqual([expect.stringContaining(`The ${what} grew`)]);
  });
});
