// No call blocks the event loop for long. The test sends every operation its largest and most difficult inputs, which are made
// from the contract.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { operations } from "@projostack/contract";
import { LONG_TEST_MS } from "@projostack/db/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { checkInputStructure, MAX_VALUES } from "../../src/rpc/checks/check-input-structure.ts";
import { largestInputs } from "../../src/testing/largest-inputs.ts";
import { readBlocks, loopWatchImport } from "../../src/testing/loop-watch.ts";
import { walkAndConfirm } from "../../src/testing/walk-largest-inputs.ts";
import { startFuzzServer, type FuzzServer } from "./fuzz-server.ts";

const LONGEST_BLOCK_MS = 50;
/** Every second input of an operation, and the other half of the next operation. PROJO_TEST_EVERY=1 sends all of them. */
const EVERY = Number(process.env["PROJO_TEST_EVERY"] ?? 2);

let server: FuzzServer;
let directory: string;
const blocksFile = () => join(directory, "blocks");
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "projo-blocks-"));
  server = await startFuzzServer([loopWatchImport(blocksFile())]);
});
afterAll(async () => {
  await server.close();
  await rm(directory, { recursive: true, force: true });
});

it(
  "R8 no input blocks the event loop for more than 50 ms",
  async () => {
    const { sent, blocks } = await walkAndConfirm(
      { url: server.url, every: EVERY },
      { limitMs: LONGEST_BLOCK_MS, blocks: () => readBlocks(blocksFile()) },
    );
    const worst = blocks.map(({ cpuMs, wallMs, during }) => `${cpuMs} ms (${wallMs}): ${during.join("; ")}`);
    console.info(`${sent.length} requests; the longest blocks:\n${worst.slice(0, 8).join("\n")}`);
    expect(worst.slice(0, blocks.filter(({ cpuMs }) => cpuMs > LONGEST_BLOCK_MS).length)).toEqual([]);
    expect(sent.filter(({ status }) => status >= 500)).toEqual([]);
    // Every operation must succeed with some legal input, so that its function runs. The exceptions are listed below.
    const done = new Set(sent.filter(({ status }) => status === 200).map(({ operation }) => operation));
    const refused = operations.map(({ name }) => name).filter((name) => !done.has(name));
    expect(refused).toEqual(WITHOUT_SUCCESS);
    // Illegal inputs are refused.
    const passed = sent.filter(({ isLegal, status }) => !isLegal && status === 200);
    expect([...new Set(passed.map(({ operation, description }) => `${operation}, ${description}`))]).toEqual(
      [],
    );
  },
  LONG_TEST_MS,
);

/** These operations need a mailed token, the right password, another user, or the number of imported lines. */
const WITHOUT_SUCCESS = [
  "auth.signIn",
  "email.verify",
  "invites.accept",
  "invites.decline",
  "invites.preview",
  "members.remove",
  "password.reset",
  "workspaceData.finishImport",
  "workspaces.leave",
  "workspaces.restore",
];

it("R8 the watch detects a block of the event loop", async () => {
  // The start of the server blocks the loop for longer than a request may.
  expect(Math.max(...readBlocks(blocksFile()).map(({ cpuMs }) => cpuMs))).toBeGreaterThan(LONGEST_BLOCK_MS);
});

it("N3 every legal input stays below a third of the limit on the number of values", () => {
  for (const one of operations) {
    const [fullest] = largestInputs(one, {});
    const input: unknown = JSON.parse(fullest?.json ?? "null");
    expect(() => checkInputStructure(input), one.name).not.toThrow();
    expect(valuesIn(input) * 3, one.name).toBeLessThan(MAX_VALUES);
  }
});

function valuesIn(input: unknown): number {
  if (typeof input !== "object" || input === null) return 1;
  return Object.values(input).reduce<number>((sum, value) => sum + valuesIn(value), 1);
}
