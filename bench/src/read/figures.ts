// Converts the measurements to figures. All goals of the `read` subject are defined here.
import type { Figure, Goal } from "../runner/figure.ts";
import type { Operation } from "./requests-for.ts";
import type { Comparison } from "./compare-contenders.ts";
import type { Trips } from "./count-trips.ts";

/** The goals for the server's rate, as multiples of another contender's rate. */
const leastRatio: Readonly<Record<Operation, Readonly<Record<string, number>>>> = {
  getTask: { U: 5, B: 18, "B-lean": 10, FA: 0.7 },
  listTasks: { U: 6, B: 20 },
  getProject: { U: 2.5 },
  createTask: { U: 3.5 },
};

/** The goals for round trips: one for a read in SQL, two for a read through Prisma. */
const mostTrips: Readonly<Record<Operation, number>> = {
  getTask: 1,
  listTasks: 1,
  getProject: 2,
  createTask: 3,
};

const MAX_MEMORY_MB = 130;

const PRODUCT = "projo";

export const wordsFor: Readonly<Record<Operation, string>> = {
  getTask: "get a task",
  listTasks: "list 20 tasks of a status",
  getProject: "get a project",
  createTask: "create a task",
};

/** Returns the server's rate relative to the contenders with a goal, and all rates relative to U and F. */
export function ratiosOf(operation: Operation, { names, ratio }: Comparison): Figure[] {
  const least = leastRatio[operation];
  const others = names.filter((name) => name in least);
  const ours = others.map((other): Figure => ({
    group: `${wordsFor[operation]}: ${PRODUCT}'s rate, relative to others`,
    name: other,
    value: ratio(PRODUCT, other),
    unit: "x",
    ...goalOf(least[other], (value) => ({ atLeast: value })),
  }));
  const all = ["U", "F"]
    .filter((measure) => names.includes(measure))
    .flatMap((measure) =>
      names.map((name): Figure => ({
        group: `${wordsFor[operation]}: rate, relative to ${measure}`,
        name,
        value: ratio(name, measure),
        unit: "x",
      })),
    );
  return [...ours, ...all];
}

/** Returns the rate and the response times of each contender. */
export function ratesOf(operation: Operation, { names, concurrency, of }: Comparison): Figure[] {
  const callers = concurrency === 1 ? "1 caller" : `${concurrency} callers`;
  const each = (title: string, what: "perSecond" | "p50Ms" | "p99Ms", unit: string) =>
    names.map((name): Figure => ({
      group: `${wordsFor[operation]}: ${title}, ${callers}`,
      name,
      value: of(name, what),
      unit,
    }));
  return [...each("rate", "perSecond", "/s"), ...each("p50", "p50Ms", "ms"), ...each("p99", "p99Ms", "ms")];
}

export const cpuOf = (operation: Operation, { names, of }: Comparison): Figure[] =>
  names.map((name) => ({
    group: `${wordsFor[operation]}: server's CPU per request`,
    name,
    value: of(name, "cpuMs"),
    unit: "ms",
  }));

/** Returns the memory of each server's process right after the load. */
export const memoryOf = (heldMb: readonly { readonly name: string; readonly rssMb: number }[]): Figure[] =>
  heldMb.map(({ name, rssMb }) => ({
    group: "server's RSS under load",
    name,
    value: rssMb,
    unit: "MB",
    ...goalOf(name === PRODUCT ? MAX_MEMORY_MB : undefined, (value) => ({ atMost: value })),
  }));

/** Returns the memory of the server after all operations, when it has also used Prisma. */
export const memoryAfterAll = (value: number): Figure => ({
  group: "server's RSS after all operations, including reads through Prisma and writes",
  name: PRODUCT,
  value,
  unit: "MB",
  goal: { atMost: MAX_MEMORY_MB },
});

/** Groups the round trips by operation, like the other figures. */
export function tripsOf(counted: readonly (Trips & { readonly name: string })[]): Figure[] {
  const operations = [...new Set(counted.map(({ operation }) => operation))];
  return operations.flatMap((operation) => {
    const ofOperation = counted.filter((one) => one.operation === operation);
    return [
      ...ofOperation.map(({ name, trips }): Figure => ({
        group: `${wordsFor[operation]}: round trips`,
        name,
        value: trips,
        unit: "",
        ...goalOf(name === PRODUCT ? mostTrips[operation] : undefined, (value) => ({ atMost: value })),
      })),
      ...ofOperation.map(({ name, p50Ms }): Figure => ({
        group: `${wordsFor[operation]}: p50 with 1 ms more per round trip, 1 caller`,
        name,
        value: p50Ms,
        unit: "ms",
      })),
    ];
  });
}

const goalOf = (value: number | undefined, as: (value: number) => Goal): { goal?: Goal } =>
  value === undefined ? {} : { goal: as(value) };
