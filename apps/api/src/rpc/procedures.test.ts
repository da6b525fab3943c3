import { contract } from "@projostack/contract";
import { describe, expect, it } from "vitest";
import { silentObserver } from "../observe/observer.ts";
import { RequestRecord } from "../observe/request-record.ts";
import { parseAddress } from "../runtime/address.ts";
import { createAdmission } from "../limits/admission/admission.ts";
import { createLimiter } from "../limits/limiter/limiter.ts";
import { limits } from "../limits/limiter/limits.ts";
import { createRefusedCredentials } from "../limits/refused-credentials.ts";
import { createLog } from "../runtime/log.ts";
import { createContext } from "./context.ts";
import { Failure } from "./failures/failure.ts";
import { publicProcedure, router } from "./procedures.ts";
import type { Services } from "./services.ts";

/** The context of an unauthenticated caller. The operations in this file use no other services. */
function contextOf(lines: string[]) {
  const log = createLog({
    level: "info",
    pretty: false,
    destination: { write: (line) => void lines.push(line) },
  });
  const ip = parseAddress("127.0.0.1");
  if (!ip) throw new Error("parseAddress rejected 127.0.0.1.");
  const facts = {
    requestId: "r",
    ip,
    userAgent: undefined,
    signal: new AbortController().signal,
    setRateLimit: () => {},
    record: new RequestRecord(),
    log,
    authorization: undefined,
    workspaceId: undefined,
    setRetryAfter: () => {},
  };
  const limiter = createLimiter({
    limits,
    factor: 1000,
    shared: null,
    codeOf: (account) => account,
    log: { warn: () => {} },
  });
  const idle = { delayMs: 0, refusesReads: false, poolDelayMs: 0, waiting: 0 };
  const admission = createAdmission({ loop: { ms: 0 }, database: () => idle });
  const refusedCredentials = createRefusedCredentials({ factor: 1_000, shared: null });
  return createContext(
    { log, limiter, admission, refusedCredentials, observer: silentObserver } as Services,
    facts,
  );
}

const failing = (error: unknown) =>
  router({
    health: publicProcedure(contract.system.health).query(() => {
      throw error;
    }),
    signUp: publicProcedure(contract.auth.signUp).mutation(() => {
      throw error;
    }),
  });

const account = { email: "ada@example.com", password: "correct horse battery staple" };

describe("error mapping", () => {
  it("returns a failure whose reason the operation declares", async () => {
    const lines: string[] = [];
    const caller = failing(new Failure("auth.email_taken")).createCaller(contextOf(lines));
    await expect(caller.signUp(account)).rejects.toMatchObject({ reason: "auth.email_taken" });
    expect(lines).toEqual([]);
  });

  it.each(["auth.email_taken", "task.not_found", "permission.denied", "auth.unauthenticated"] as const)(
    "returns server.internal for the undeclared reason %s and logs it",
    async (reason) => {
      const lines: string[] = [];
      const caller = failing(new Failure(reason)).createCaller(contextOf(lines));
      await expect(caller.health()).rejects.toMatchObject({
        reason: "server.internal",
        message: "The server failed to answer this call. Report the request id to its operator.",
      });
      expect(lines.join()).toContain(`The operation does not declare the reason ${reason}.`);
    },
  );

  it("returns server.internal for an unexpected error and writes its message to the log only", async () => {
    const lines: string[] = [];
    const caller = failing(new Error("a secret message")).createCaller(contextOf(lines));
    await expect(caller.health()).rejects.toMatchObject({ reason: "server.internal" });
    await expect(caller.health()).rejects.not.toThrow(/secret/);
    expect(lines.join()).toContain("a secret message");
  });

  it("returns server.internal for output that does not match the contract", async () => {
    const lines: string[] = [];
    const health = { status: "ok" as const, version: "1", passwordMinLength: 15 };
    const wrong = { ...health, version: 7 } as unknown as typeof health;
    const caller = router({
      health: publicProcedure(contract.system.health).query(() => wrong),
    }).createCaller(contextOf(lines));
    await expect(caller.health()).rejects.toMatchObject({ reason: "server.internal" });
    expect(lines).toHaveLength(1);
  });
});
