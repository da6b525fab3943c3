import { describe, expect, it } from "vitest";
import { createTokenForms } from "./token-forms.ts";

const HOUR = 3_600;
const DAY = 24 * HOUR;
const CHANGE = 1_800_000_000;

/** The token forms `seconds` after the change (before it, if negative), in a server with the given uptime. */
const formsAfter = (seconds: number, uptimeSeconds = 0) =>
  createTokenForms(
    { checkedSinceSeconds: CHANGE, nowSeconds: CHANGE + seconds - uptimeSeconds },
    () => uptimeSeconds,
  );

describe("before the change, while the previous build may also run", () => {
  it("issues plain tokens and accepts plain tokens of every kind", () => {
    const forms = formsAfter(-HOUR);
    expect(forms.ofNow()).toBe("plain");
    expect(forms.ofSession(new Date((CHANGE - HOUR) * 1_000))).toBe("plain");
    expect((["access", "refresh", "oneTime"] as const).map((kind) => forms.acceptsPlain(kind))).toEqual([
      true,
      true,
      true,
    ]);
  });
});

describe("after the change", () => {
  it("issues checked tokens, also in a server that started before the change", () => {
    expect(formsAfter(1).ofNow()).toBe("checked");
    expect(formsAfter(1, 5 * HOUR).ofNow()).toBe("checked");
  });

  it("S2 the form of a session's tokens depends on the creation time of the generation, not on the server or the time of the request", () => {
    for (const forms of [formsAfter(-10), formsAfter(10), formsAfter(DAY)]) {
      expect(forms.ofSession(new Date(CHANGE * 1_000 - 1))).toBe("plain");
      expect(forms.ofSession(new Date(CHANGE * 1_000))).toBe("checked");
    }
  });

  it.each([
    ["access", 10 * 60],
    ["refresh", 30 * DAY],
    ["oneTime", 3 * DAY],
  ] as const)("accepts a plain %s token for its longest lifetime plus one hour", (kind, seconds) => {
    expect(formsAfter(seconds).acceptsPlain(kind)).toBe(true);
    expect(formsAfter(seconds + HOUR).acceptsPlain(kind)).toBe(false);
    // A server that started while plain tokens were accepted stops accepting them.
    expect(formsAfter(seconds + HOUR, 20 * DAY).acceptsPlain(kind)).toBe(false);
  });
});

it("a server with a new database neither issues nor accepts plain tokens", () => {
  const forms = createTokenForms(
    { checkedSinceSeconds: Number.NEGATIVE_INFINITY, nowSeconds: CHANGE },
    () => 0,
  );
  expect(forms.ofNow()).toBe("checked");
  expect(forms.ofSession(new Date(0))).toBe("checked");
  for (const kind of ["access", "refresh", "oneTime"] as const) expect(forms.acceptsPlain(kind)).toBe(false);
});
