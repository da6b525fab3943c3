import { describe, expect, it } from "vitest";
import { createRefusedCredentials } from "./refused-credentials.ts";

const HERE = "192.0.2.1";
const THERE = "192.0.2.2";

/** A tenth of the limits: 60 refusals per minute from a network, and 60 of a session. */
function limitsAt(start = 0) {
  let time = start;
  const refused = createRefusedCredentials({ factor: 0.1, shared: null, now: () => time });
  const stranger = (address: string) => refused.count({ address, sessionId: null });
  return {
    ...refused,
    stranger,
    exhaust: async (address: string) => {
      for (let many = 0; many < 61; many += 1) await stranger(address);
    },
    passMs: (ms: number) => void (time += ms),
  };
}

describe("refused credentials", () => {
  it("the server counts them by network, and a network over its limit must wait", async () => {
    const { stranger } = limitsAt();
    const waits: (number | null)[] = [];
    for (let many = 0; many < 62; many += 1) waits.push(await stranger(HERE));
    expect(waits.slice(0, 60)).toEqual(Array.from({ length: 60 }, () => null));
    expect(waits.slice(60).every((wait) => wait !== null && wait > 0 && wait <= 60)).toBe(true);
    expect(await stranger(THERE)).toBeNull();
  });

  it("the addresses of one IPv6 network share a count", async () => {
    const { stranger } = limitsAt();
    for (let many = 0; many < 61; many += 1) await stranger(`2001:db8::${many.toString(16)}`);
    expect(await stranger("2001:db8::ffff")).not.toBeNull();
    expect(await stranger("2001:db8:1::1")).toBeNull();
  });

  it("tokens of an ended session count for that session only, not for others of the same network", async () => {
    const { count, stranger, exhaust } = limitsAt();
    const of = (sessionId: string) => count({ address: HERE, sessionId });
    for (let many = 0; many < 60; many += 1) expect(await of("one")).toBeNull();
    expect(await of("one")).not.toBeNull();
    expect(await of("another")).toBeNull();
    expect(await stranger(HERE)).toBeNull();
    await exhaust(HERE);
    expect(await of("another")).toBeNull();
  });
});

const use = (token: string, address = HERE, isIssued = false) => ({ address, token, isIssued });

describe("a service key from a network over its limit", () => {
  it("a key with a valid check, or one that succeeded from there in the last day, is looked up; others must wait", async () => {
    const { waitForKey, keySucceeded, exhaust, passMs } = limitsAt();
    keySucceeded(use("known"));
    keySucceeded(use("known elsewhere", THERE));
    expect(waitForKey(use("unknown"))).toBeNull();
    await exhaust(HERE);
    expect(waitForKey(use("known"))).toBeNull();
    expect(waitForKey(use("new", HERE, true))).toBeNull();
    for (const token of ["unknown", "known elsewhere", "Known"]) {
      expect(waitForKey(use(token))).toBeGreaterThan(0);
      expect(waitForKey(use(token, THERE))).toBeNull();
    }
    passMs(61_000);
    expect(waitForKey(use("unknown"))).toBeNull();
    passMs(25 * 60 * 60 * 1_000);
    await exhaust(HERE);
    expect(waitForKey(use("known"))).toBeGreaterThan(0);
  });

  it("the server remembers at most 10,000 keys and forgets the oldest first", async () => {
    const { waitForKey, keySucceeded, exhaust } = limitsAt();
    for (let many = 0; many <= 10_000; many += 1) keySucceeded(use(`key ${many}`));
    await exhaust(HERE);
    expect(waitForKey(use("key 0"))).toBeGreaterThan(0);
    expect(waitForKey(use("key 1"))).toBeNull();
    expect(waitForKey(use("key 10000"))).toBeNull();
  });
});

it("counts inactive introspection responses separately from refused credentials", async () => {
  const { countInactive, stranger } = limitsAt();
  for (let many = 0; many < 600; many += 1) expect(await countInactive(HERE)).toBeNull();
  expect(await countInactive(HERE)).not.toBeNull();
  expect(await stranger(HERE)).toBeNull();
});
