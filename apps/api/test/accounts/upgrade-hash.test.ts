import { hash } from "@node-rs/argon2";
import { createTestDatabase, type TestDatabase } from "@projostack/db/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { upgradeHash } from "../../src/features/auth/upgrade-hash.ts";
import { createArgon2Gate } from "../../src/identity/passwords/argon2-gate.ts";
import { createLog } from "../../src/runtime/log.ts";
import { createPasswords } from "../../src/identity/passwords/passwords.ts";
import { systemRandomness } from "../../src/runtime/randomness.ts";
import type { Context } from "../../src/rpc/context.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const password = "correct horse battery staple";

it("A2 A sign-in succeeds without the upgrade of its hash while the gate is full, and the next one upgrades it", async () => {
  const logLines: string[] = [];
  const log = createLog({
    level: "info",
    pretty: false,
    destination: { write: (line: string) => void logLines.push(line) },
  });
  const gate = createArgon2Gate({ atOnce: 1, longestQueue: 0, longestWaitMs: 1_000 });
  const passwords = createPasswords({ gate, log });
  const id = systemRandomness.newId();
  const passwordHash = await hash(password, { memoryCost: 4_096, timeCost: 1, parallelism: 1 });
  await database.owner("INSERT INTO users (id, email, password_hash) VALUES ($1, $2, $3)", [
    id,
    "busy@example.com",
    passwordHash,
  ]);
  // The part of a request's context that an upgrade uses.
  const { signal } = new AbortController();
  const device = { ip: "192.0.2.1", userAgent: null };
  const ctx = { services: { db: database.db, passwords }, log, signal, device, isKnown: false };
  const upgrade = () => upgradeHash(ctx as unknown as Context, { id, passwordHash }, password);
  const stored = async () =>
    (await database.owner<{ password_hash: string }>("SELECT password_hash FROM users"))[0]?.password_hash;

  let release: (() => void) | undefined;
  const busy = gate.run(() => new Promise<void>((resolve) => (release = resolve)));
  await upgrade();
  expect(await stored()).toBe(passwordHash);
  expect(logLines.join("")).toContain("not upgraded yet");
  expect(logLines.join("")).not.toContain(password);
  release?.();
  await busy;
  await upgrade();
  expect(await stored()).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
});
