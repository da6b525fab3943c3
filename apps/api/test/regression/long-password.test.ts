import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readBlocks, loopWatchImport } from "../../src/testing/loop-watch.ts";
import { arrive, call, password, send } from "../kit/index.ts";
import { startFuzzServer, type FuzzServer } from "../proofs/fuzz-server.ts";

let server: FuzzServer;
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "projo-blocks-"));
  server = await startFuzzServer([loopWatchImport(join(directory, "blocks"))]);
});
afterAll(async () => {
  await server.close();
  await rm(directory, { recursive: true, force: true });
});

const LONGEST_BLOCK_MS = 50;

/** The most expensive input that the contract allows: NFKD expands each character to eighteen, and the address contains many words. */
const credentials = () => ({
  email: `${randomUUID()}@${"abc.".repeat(53)}org`.slice(0, 254),
  password: "\ufdfa".repeat(256),
});

it("R8 a batch of ten sign-ups with the longest passwords does not block the event loop", async () => {
  await call(server.url, "auth.signUp", { input: { email: "ada@example.com", password } });
  // A batch that blocks the event loop does so each time. A processor that is shared with other machines is slower at some times.
  const longest: number[] = [];
  do longest.push(await longestBlockOfBatch());
  while (longest.length < 3 && Math.min(...longest) > LONGEST_BLOCK_MS);
  expect(Math.min(...longest), longest.join(", ")).toBeLessThanOrEqual(LONGEST_BLOCK_MS);
});

async function longestBlockOfBatch(): Promise<number> {
  const from = Date.now();
  const calls = Array.from({ length: 10 }, credentials);
  const answer = await send(`${server.url}/trpc/${calls.map(() => "auth.signUp").join(",")}?batch=1`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(Object.fromEntries(calls.entries())),
  });
  expect(answer.status).toBeLessThan(500);
  const during = readBlocks(join(directory, "blocks")).filter(({ endedAt }) => endedAt >= from);
  return Math.max(0, ...during.map(({ cpuMs }) => cpuMs));
}

it("A7 a password change checks the current password before the new one", async () => {
  const ada = await arrive(server, randomUUID());
  const change = (currentPassword: string) =>
    ada.call("password.change", { currentPassword, newPassword: "passwordpassword" });
  expect((await change("not the password of ada")).error?.reason).toBe("password.incorrect");
  expect((await change(password)).error).toMatchObject({
    reason: "input.invalid",
    fieldErrors: { newPassword: [expect.stringContaining("first that somebody would try")] },
  });
});
