// Decisions without Redis. The same with Redis, and over HTTP, is in test/limits/limits.test.ts.
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

/** Which rule refuses the try, or null. */
async function refusalOf(limiter: Limiter, account: string, address: string): Promise<string | null> {
  const { retryAfterSeconds, quotas } = await limiter.decide(tryOf(account, address));
  return retryAfterSeconds === null ? null : (quotas[0]?.name ?? "");
}

/** Tries until a rule refuses. @returns its name, and how many tries were let in */
async function exhaust(limiter: Limiter, next: (n: number) => readonly [account: string, address: string]) {
  for (let letIn = 0; letIn < 20_000; letIn += 1) {
    const by = await refusalOf(limiter, ...next(letIn));
    if (by !== null) return { by, letIn };
  }
  throw new Error("Nothing refused.");
}

const hex = (n: number): string => n.toString(16);
/** Another /64, and every 256 of them another /56, of one /48. */
const inOneSite = (n: number): string => `2001:db8:bad:${hex(n % 65_536)}::1`;
/** An address of each of its /56s in turn, but for the first. */
const acrossSite = (n: number): string => inOneSite(((n % 255) + 1) * 256 + Math.floor(n / 255));

describe("R9 the networks of an IPv6 address", () => {
  it("one /56 is granted four times what one /64 is, and one /48 sixteen times", async () => {
    const limiter = openLimiter();
    const household = await exhaust(limiter, (n) => [`account${n}`, inOneSite(n % 256)]);
    expect(household).toEqual({ by: "auth.signIn:network56", letIn: 4 * signInPoints("address") });
    const site = await exhaust(limiter, (n) => [`account${n}`, acrossSite(n)]);
    expect(site.by).toBe("auth.signIn:network48");
    expect(household.letIn + site.letIn).toBe(16 * signInPoints("address"));
    expect(await refusalOf(limiter, "ada", "2001:db8:600d:1::1")).toBeNull();
  });

  it("a used up /48 keeps out none who signed in there before, and they have a bound of their own", async () => {
    const limiter = openLimiter();
    await limiter.succeeded(tryOf("ada", "2001:db8:bad:7777::1"));
    await exhaust(limiter, (n) => [`account${n}`, acrossSite(n)]);
    expect(await refusalOf(limiter, "ada", "2001:db8:bad:7777::2")).toBeNull();
    expect(await refusalOf(limiter, "ada", "2001:db8:bad:8888::1")).toBe("auth.signIn:network48");
    // Somebody with many accounts makes them known at many networks of theirs, to try passwords as known callers do.
    for (let n = 0; n < 1_000; n += 1) await limiter.succeeded(tryOf(`own${n}`, acrossSite(n)));
    const known = await exhaust(limiter, (n) => [`own${n % 1_000}`, acrossSite(n % 1_000)]);
    expect(known.by).toBe("auth.signIn:knownInNetwork48");
    expect(await refusalOf(limiter, "bob", "2001:db8:600d:1::1")).toBeNull();
  });
});

describe("R9 the share of known callers", () => {
  it("strangers at any number of addresses do not use it up", async () => {
    const limiter = openLimiter(0.1);
    await limiter.succeeded(tryOf("ada", "192.0.2.1"));
    const strangers = await exhaust(limiter, (n) => [
      `account${n}`,
      `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`,
    ]);
    expect(strangers).toEqual({ by: "auth.signIn:strangers", letIn: 0.1 * signInPoints("strangers") });
    expect(await refusalOf(limiter, "ada", "192.0.2.1")).toBeNull();
    expect(await refusalOf(limiter, "ada", "192.0.2.2")).toBe("auth.signIn:strangers");
  });

  it("one account that is known at many addresses uses up no more than its own bound", async () => {
    const limiter = openLimiter();
    const places = Array.from({ length: 8 }, (_, n) => `198.51.100.${n}`);
    for (const address of places) await limiter.succeeded(tryOf("eve", address));
    const own = await exhaust(limiter, (n) => ["eve", places[n % 8] ?? ""]);
    expect(own).toEqual({ by: "auth.signIn:accountWhereKnown", letIn: signInPoints("accountWhereKnown") });
  });

  it("is for the pair of account and address: an account that is known elsewhere is a stranger's, as is another account there", async () => {
    const limiter = openLimiter();
    await limiter.succeeded(tryOf("eve", "192.0.2.1"));
    expect((await limiter.decide(tryOf("eve", "192.0.2.1"))).isKnown).toBe(true);
    expect((await limiter.decide(tryOf("eve", "192.0.2.2"))).isKnown).toBe(false);
    expect((await limiter.decide(tryOf("ada", "192.0.2.1"))).isKnown).toBe(false);
  });
});

describe("R5 a refused try", () => {
  it("uses up nothing of what others share", async () => {
    const limiter = openLimiter();
    const refused = await exhaust(limiter, () => ["ada", "2001:db8:bad:1::1"]);
    expect(refused).toEqual({ by: "auth.signIn:accountAtAddress", letIn: signInPoints("accountAtAddress") });
    for (let n = 0; n < 5_000; n += 1) await refusalOf(limiter, "ada", "2001:db8:bad:1::1");
    const { accounts, shared, networks48 } = limiter.statistics();
    expect([accounts?.entries, shared?.entries, networks48?.entries]).toEqual([1, 1, 1]);
    expect(await refusalOf(limiter, "ada", "2001:db8:bad:2::1")).toBeNull();
    expect(await refusalOf(limiter, "bob", "192.0.2.1")).toBeNull();
  });

  it("R9 leaves nothing behind when the widest limit refuses", async () => {
    const limiter = openLimiter(0.1);
    const letIn = (await exhaust(limiter, (n) => [`account${n}`, `10.0.${n >> 8}.${n & 255}`])).letIn;
    for (let n = 0; n < 5_000; n += 1) await refusalOf(limiter, `other${n}`, `10.1.${n >> 8}.${n & 255}`);
    const { addresses, pairs } = limiter.statistics();
    expect(addresses?.entries).toBeLessThanOrEqual(letIn);
    expect(pairs?.entries).toBeLessThanOrEqual(letIn);
  });
});

it("R2 of many tries at once no more are let in than the limit grants", async () => {
  const limiter = openLimiter();
  const tries = Array.from({ length: 500 }, () => refusalOf(limiter, "ada", "192.0.2.1"));
  const letIn = (await Promise.all(tries)).filter((refusal) => refusal === null);
  expect(letIn).toHaveLength(signInPoints("accountAtAddress"));
});

describe("R10 mail to one mailbox", () => {
  it("is limited by its kind, whatever the tag, so that no kind keeps another away", async () => {
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
