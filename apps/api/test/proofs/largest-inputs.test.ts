// No call keeps the others waiting: every operation with its largest and most awkward inputs, made from the contract.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { operations } from "@projostack/contract";
import { bySuite } from "@projostack/db/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { checkForm, MOST_VALUES } from "../../src/rpc/input-form.ts";
import { largestInputs } from "../../src/testing/largest-inputs.ts";
import { readBlocks, watchingLoop } from "../../src/testing/loop-watch.ts";
import { blockedBy, walkLargestInputs } from "../../src/testing/walk-largest-inputs.ts";
import { signIn, signUp } from "../kit/index.ts";
import { startFuzzServer, type FuzzServer } from "./fuzz-server.ts";

const LONGEST_BLOCK_MS = 50;

let server: FuzzServer;
let directory: string;
const blocksFile = () => join(directory, "blocks");
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "projo-blocks-"));
  server = await startFuzzServer([watchingLoop(blocksFile())]);
});
afterAll(async () => {
  await server.close();
  await rm(directory, { recursive: true, force: true });
});

it("R8 no call holds the event loop over 50 ms, whatever is sent", async () => {
  // Prisma loads its query compiler with the first sign-in, once in the life of a process.
  await signUp(server, "first");
  await signIn(server, "first@example.com");
  const sent = await walkLargestInputs({ url: server.url, every: bySuite({ short: 4, full: 1 }) });
  const blocks = blockedBy(readBlocks(blocksFile()), sent);
  const worst = blocks.map(({ cpuMs, wallMs, during }) => `${cpuMs} ms (${wallMs}): ${during.join("; ")}`);
  console.info(`${sent.length} requests; the longest blocks:\n${worst.slice(0, 8).join("\n")}`);
  expect(worst.slice(0, blocks.filter(({ cpuMs }) => cpuMs > LONGEST_BLOCK_MS).length)).toEqual([]);
  expect(sent.filter(({ status }) => status >= 500)).toEqual([]);
  // Legal inputs reach the function of their operation, or the proof would be empty; only operations that need a mailed link do not.
  const done = new Set(sent.filter(({ status }) => status === 200).map(({ operation }) => operation));
  const refused = operations.map(({ name }) => name).filter((name) => !done.has(name));
  expect(refused).toEqual(WITHOUT_SUCCESS);
  // And what is not legal is refused.
  const passed = sent.filter(({ isLegal, status }) => !isLegal && status === 200);
  expect([...new Set(passed.map(({ operation, says }) => `${operation}, ${says}`))]).toEqual([]);
}, 400_000);

/** They need a token that was mailed, a right password, or somebody else. */
const WITHOUT_SUCCESS = [
  "auth.signIn",
  "email.verify",
  "invites.accept",
  "invites.preview",
  "members.remove",
  "password.reset",
  "workspaces.leave",
  "workspaces.restore",
];

it("R8 the watch sees a block, or it proves nothing", async () => {
  // The server's own start held its loop for longer than any request may.
  expect(Math.max(...readBlocks(blocksFile()).map(({ cpuMs }) => cpuMs))).toBeGreaterThan(LONGEST_BLOCK_MS);
});

it("N3 the bound on the number of values leaves every legal input room", () => {
  for (const one of operations) {
    const [fullest] = largestInputs(one, {});
    const input: unknown = JSON.parse(fullest?.json ?? "null");
    expect(() => checkForm(input), one.name).not.toThrow();
    expect(valuesIn(input) * 3, one.name).toBeLessThan(MOST_VALUES);
  }
});

function valuesIn(input: unknown): number {
  if (typeof input !== "object" || input === null) return 1;
  return Object.values(input).reduce<number>((sum, value) => sum + valuesIn(value), 1);
}
