// Compares random histories with the model. `PROJO_TEST_SEED=...` repeats a failed run, `PROJO_TEST_MINUTES=10` runs for 10 minutes.
import { bySuite } from "@projostack/db/testing";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestServer, type TestServer } from "../kit/index.ts";
import { NO_FAILURE, histories, reportOf, type HistoryOptions } from "./history.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const minutes = Number(process.env["PROJO_TEST_MINUTES"] ?? 0);
const givenSeed = process.env["PROJO_TEST_SEED"];
const seed = givenSeed === undefined ? Date.now() % 2 ** 31 : Number(givenSeed);
/** Each action has a time limit of its own, and their number is fixed, so this limit only ends a test that hangs elsewhere. */
const TIMEOUT_MS = 1_800_000 + minutes * 90_000;

/** Runs histories, `runs` of them or for half of PROJO_TEST_MINUTES, because there are two tests. @returns a report */
async function checkHistories(options: HistoryOptions, runs: number): Promise<string> {
  const long = { numRuns: 1_000_000, plugins: [fc.interruptAfterTimeLimit(minutes * 30_000)] };
  const result = await fc.check(histories(server, options), {
    seed,
    ...(minutes > 0 ? long : { numRuns: runs }),
  });
  process.stderr.write(`${result.numRuns} histories, PROJO_TEST_SEED=${seed}\n`);
  return reportOf(result);
}

it(
  "M1 M2 V7 I1 the model predicts every answer and every view of a sequential history",
  async () =>
    expect(await checkHistories({ concurrency: 1, steps: 40 }, bySuite({ short: 4, full: 40 }))).toBe(
      NO_FAILURE,
    ),
  TIMEOUT_MS,
);

it(
  "M1 V1 V7 I1 a sequential order explains the answers and the views of a concurrent history",
  async () =>
    expect(await checkHistories({ concurrency: 4, steps: 12 }, bySuite({ short: 8, full: 100 }))).toBe(
      NO_FAILURE,
    ),
  TIMEOUT_MS,
);
