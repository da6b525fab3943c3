// Tests the limiter without Redis. test/limits.test.ts tests it with Redis and over HTTP.
import { describe, expect, it } from "vitest";
import { createLimiter, type Limiter } from "./limiter.ts";
import { limits, type CountedBy } from "./limits.ts";

const openLimiter = (factor = 1): Limiter =>
  createLimiter({ limits, factor, shared: null, codeOf: (text) => text, log: { warn: () => {} } });

const signInPoints = (by: CountedBy): number =>
  limits["auth.signIn"]?.find((rule) => rule.by === by)?.points ?? Number.NaN;

const tryOf = (account: string, address: string) => ({
  operation: "auth.signIn",
  workspaceId: null,
  target: null,
  account,
  address,
});

/** The name of the rule that refuses the attempt, or null. */
async function refusalOf(limiter: Limiter, account: string, address: string): Promise<string | null> {
  const { retryAfterSeconds, quotas } = await limiter.decide(tryOf(account, address));
  return retryAfterSeconds === null ? null : (quotas[0]?.name ?? "");
}

/** Makes attempts until a rule refuses. @returns the name of the rule and the number of granted attempts */
async function exhaust(limiter: Limiter, next: (n: number) => readonly [account: string, address: string]) {
  for (let granted = 0; granted < 20_000; granted += 1) {
    const by = await refusalOf(limiter, ...next(granted));
    if (by !== null) return { by, granted };
  }
  throw new Error("No rule refused an attempt.");
}

const hex = (n: number): string => n.toString(16);
/** The nth /64 of one /48. Every 256 of them belong to another /56. */
const inOneSite = (n: number): string => `2001:db8:bad:${hex(n % 65_536)}::1`;
/** An address in each /56 of the /48, one after another, except the first /56. */
const acrossSite = (n: number): string => inOneSite(((n % 255) + 1) * 256 + Math.floor(n / 255));

describe("R9 the networks of an IPv6 address", () => {
  it("a /56 has four times the limit of a /64, and a /48 sixteen times", async () => {
    const limiter = openLimiter();
    const household = await exhaust(limiter, (n) => [`account${n}`, inOneSite(n % 256)]);
    expect(household).toEqual({ by: "auth.signIn:network56", granted: 4 * signInPoints("address") });
    const site = await exhaust(limiter, (n) => [`account${n}`, acrossSite(n)]);
    expect(site.by).toBe("auth.signIn:network48");
    expect(household.granted + site.granted).toBe(16 * signInPoints("address"));
    expect(await refusalOf(limiter, "ada", "2001:db8:600d:1::1")).toBeNull();
  });

  it("known callers have a separate limit when the limit of a /48 is used up", async () => {
    const limiter = openLimiter();
    await limiter.succeeded(tryOf("ada", "2001:db8:bad:7777::1"));
    await exhaust(limiter, (n) => [`account${n}`, acrossSite(n)]);
    expect(await refusalOf(limiter, "ada", "2001:db8:bad:7777::2")).toBeNull();
    expect(await refusalOf(limiter, "ada", "2001:db8:bad:8888::1")).toBe("auth.signIn:network48");
    // An attacker with many accounts makes them known in many networks, to try passwords as a known caller.
    for (let n = 0; n < 1_000; n += 1) await limiter.succeeded(tryOf(`own${n}`, acrossSite(n)));
    const known = await exhaust(limiter, (n) => [`own${n % 1_000}`, acrossSite(n % 1_000)]);
    expect(known.by).toBe("auth.signIn:knownInNetwork48");
    expect(await refusalOf(limiter, "bob", "2001:db8:600d:1::1")).toBeNull();
  });
});

describe("R9 the limit of known callers", () => {
  it("strangers at any number of addresses do not use it up", async () => {
    const limiter = openLimiter(0.1);
    await limiter.succeeded(tryOf("ada", "192.0.2.1"));
    const strangers = await exhaust(limiter, (n) => [
      `account${n}`,
      `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`,
    ]);
    expect(strangers).toEqual({ by: "auth.signIn:strangers", granted: 0.1 * signInPoints("strangers") });
    expect(await refusalOf(limiter, "ada", "192.0.2.1")).toBeNull();
    expect(await refusalOf(limiter, "ada", "192.0.2.2")).toBe("auth.signIn:strangers");
  });

  it("one account that is known at many addresses has its own bound", async () => {
    const limiter = openLimiter();
    const places = Array.from({ length: 8 }, (_, n) => `198.51.100.${n}`);
    for (const address of places) await limiter.succeeded(tryOf("eve", address));
    const own = await exhaust(limiter, (n) => ["eve", places[n % 8] ?? ""]);
    expect(own).toEqual({ by: "auth.signIn:accountWhereKnown", granted: signInPoints("accountWhereKnown") });
  });

  it("a pair of account and address is known: the account elsewhere and other accounts there are strangers", async () => {
    const limiter = openLimiter();
    await limiter.succeeded(tryOf("eve", "192.0.2.1"));
    expect((await limiter.decide(tryOf("eve", "192.0.2.1"))).isKnown).toBe(true);
    expect((await limiter.decide(tryOf("eve", "192.0.2.2"))).isKnown).toBe(false);
    expect((await limiter.decide(tryOf("ada", "192.0.2.1"))).isKnown).toBe(false);
  });
});

describe("R5 a refused attempt", () => {
  it("uses nothing of shared limits", async () => {
    const limiter = openLimiter();
    const refused = await exhaust(limiter, () => ["ada", "2001:db8:bad:1::1"]);
    expect(refused).toEqual({
      by: "auth.signIn:accountAtAddress",
      granted: signInPoints("accountAtAddress"),
    });
    for (let n = 0; n < 5_000; n += 1) await refusalOf(limiter, "ada", "2001:db8:bad:1::1");
    const { accounts, shared, networks48 } = limiter.statistics();
    expect([accounts?.entries, shared?.entries, networks48?.entries]).toEqual([1, 1, 1]);
    expect(await refusalOf(limiter, "ada", "2001:db8:bad:2::1")).toBeNull();
    expect(await refusalOf(limiter, "bob", "192.0.2.1")).toBeNull();
  });

  it("R9 leaves no counts when the widest limit refuses", async () => {
    const limiter = openLimiter(0.1);
    const granted = (await exhaust(limiter, (n) => [`account${n}`, `10.0.${n >> 8}.${n & 255}`])).granted;
    for (let n = 0; n < 5_000; n += 1) await refusalOf(limiter, `other${n}`, `10.1.${n >> 8}.${n & 255}`);
    const { addresses, pairs } = limiter.statistics();
    expect(addresses?.entries).toBeLessThanOrEqual(granted);
    expect(pairs?.entries).toBeLessThanOrEqual(granted);
  });
});

it("R2 grants no more concurrent attempts than the limit", async () => {
  const limiter = openLimiter();
  const tries = Array.from({ length: 500 }, () => refusalOf(limiter, "ada", "192.0.2.1"));
  const granted = (await Promise.all(tries)).filter((refusal) => refusal === null);
  expect(granted).toHaveLength(signInPoints("accountAtAddress"));
});

describe("R10 mail to one mailbox", () => {
  it("each kind has a separate limit, without regard to the tag of the address", async () => {
    const { mailboxes } = openLimiter();
    const sent = async (kind: "invite" | "unverified" | "reset", emailOf: (n: number) => string) => {
      let count = 0;
      while (count < 100 && (await mailboxes.take(kind, emailOf(count))) === null) count += 1;
      return count;
    };
    expect(await sent("invite", (n) => `ada+${n}@example.com`)).toBe(8);
    expect(await sent("unverified", (n) => `ada+${n}@example.com`)).toBe(10);
    expect(await sent("reset", () => "ada@example.com")).toBe(2);
    expect(await sent("reset", () => "ada+other@example.com")).toBe(2);
    expect(await sent("invite", () => "bob@example.com")).toBe(8);
    expect(await mailboxes.take("invite", "ada@example.com")).toBeGreaterThan(86_000);
  });
});
