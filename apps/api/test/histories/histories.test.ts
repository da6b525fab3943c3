// Random histories against the model. `PROJO_TEST_SEED=...` repeats one that failed, `PROJO_TEST_MINUTES=10` goes on for long.
import { bySuite } from "@projostack/db/testing";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestServer, type TestServer } from "../kit/index.ts";
import { ALL_WELL, histories, reportOf, type Histories } from "./history.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const minutes = Number(process.env["PROJO_TEST_MINUTES"] ?? 0);
const givenSeed = process.env["PROJO_TEST_SEED"];
const seed = givenSeed === undefined ? Date.now() % 2 ** 31 : Number(givenSeed);
const TIMEOUT_MS = 120_000 + minutes * 90_000;

/** Tries so many histories, or goes on for half of the minutes: there are two kinds. @returns what came of it */
async function tried(kind: Histories, runs: number): Promise<string> {
  const long = { numRuns: 1_000_000, plugins: [fc.interruptAfterTimeLimit(minutes * 30_000)] };
  const result = await fc.check(histories(server, kind), {
    seed,
    ...(minutes > 0 ? long : { numRuns: runs }),
  });
  process.stderr.write(`${result.numRuns} histories, PROJO_TEST_SEED=${seed}\n`);
  return reportOf(result);
}

it(
  "M1 M2 V7 I1 whatever one after another does, each answer and what everybody sees is as it must be",
  async () => expect(await tried({ atOnce: 1, steps: 40 }, bySuite({ short: 4, full: 40 }))).toBe(ALL_WELL),
  TIMEOUT_MS,
);

it(
  "M1 V1 V7 I1 whatever several do at once, some order of it explains the answers and what everybody sees",
  async () => expect(await tried({ atOnce: 4, steps: 12 }, bySuite({ short: 8, full: 100 }))).toBe(ALL_WELL),
  TIMEOUT_MS,
);
