// The server with the fast path and the plain server answer repeated calls with an idempotency key identically.
import { randomUUID } from "node:crypto";
import { policy } from "@projostack/authz";
import { afterAll, beforeAll, expect, it } from "vitest";
import { again } from "../kit/index.ts";
import { replayed } from "../idempotency/keyed-call.ts";
import { inputOf, setScene, tokenFor, type Scene } from "../resources/index.ts";
import { createCallerSet, type CallerSet } from "./caller-set.ts";
import { requestOf } from "./requests.ts";
import { startServerPair, type ServerPair } from "./server-pair.ts";

let servers: ServerPair;
let callerSet: CallerSet;
/** The hash of the admin's password. */
let hash: string;
/** The scene and the input of the first call, which the repeated call has too. */
let last: { scene: Scene; input: Record<string, unknown> };
beforeAll(async () => {
  servers = await startServerPair({ PROJO_LIMITS: "1000" });
  callerSet = await createCallerSet(servers.both);
  const sql = "SELECT password_hash AS hash FROM users WHERE id = $1";
  const [user] = await servers.both.database.owner<{ hash: string }>(sql, [callerSet.admin.id]);
  hash = user?.hash ?? "";
});
afterAll(() => servers.close());

const ROUNDS = [
  "the first call",
  "the repeated call",
  "a call with another key in a batch",
  "its repetition",
];

it.each(replayed)("$name: repeats an answer identically", async ({ name, operation: { access } }) => {
  const { admin, homeId: workspaceId } = callerSet;
  const setting = { workspaceId, email: admin.email };
  const keys = [randomUUID(), randomUUID()];
  for (const [round, title] of ROUNDS.entries()) {
    const isFirst = round % 2 === 0;
    // The call before may have changed the password of the admin to another one.
    if (isFirst)
      await servers.both.database.owner("UPDATE users SET password_hash = $1 WHERE id = $2", [
        hash,
        admin.id,
      ]);
    const scene = isFirst ? await setScene(servers.both, admin, setting) : last.scene;
    const input = isFirst ? inputOf(name, scene) : last.input;
    last = { scene, input };
    const isBatch = round >= 2;
    const token = tokenFor(name, await again(servers.both, admin), scene);
    const as = access === "public" ? {} : { token, ...(access in policy ? { workspaceId } : {}) };
    const names = isBatch ? [name] : name;
    const sent = requestOf("mutation", names, isBatch ? { 0: input } : input, as);
    const headers = { ...sent.headers, "idempotency-key": keys[isBatch ? 1 : 0] ?? "" };
    const known = new Set(Object.values<string>({ ...scene, ...input }));
    const { heard, difference } = await servers.ask({ ...sent, headers }, known);
    expect(difference, title).toBeNull();
    expect(heard.status, `${title}: ${heard.text}`).toBe(200);
    const isReplay = heard.headers.some(([header]) => header === "idempotency-replayed");
    expect(isReplay, title).toBe(!isFirst);
  }
});
