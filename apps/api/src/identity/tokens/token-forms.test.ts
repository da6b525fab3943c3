import { describe, expect, it } from "vitest";
import { createTokenForms } from "./token-forms.ts";

const HOUR = 3_600;
const DAY = 24 * HOUR;
const CHANGE = 1_800_000_000;

/** The forms of a server that started so long after the change, or before it, and has run for a while. */
const formsAfter = (seconds: number, uptimeSeconds = 0) =>
  createTokenForms(
    { checkedSinceSeconds: CHANGE, nowSeconds: CHANGE + seconds - uptimeSeconds },
    () => uptimeSeconds,
  );

describe("before the change, while the build before may run beside this one", () => {
  it("tokens are made plain, and plain ones of every kind are accepted", () => {
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
  it("tokens are made checked, also by a server that started before it", () => {
    expect(formsAfter(1).ofNow()).toBe("checked");
    expect(formsAfter(1, 5 * HOUR).ofNow()).toBe("checked");
  });

  it("S2 the form of a session's tokens hangs on when its generation was made, not on who is asked when", () => {
    for (const forms of [formsAfter(-10), formsAfter(10), formsAfter(DAY)]) {
      expect(forms.ofSession(new Date(CHANGE * 1_000 - 1))).toBe("plain");
      expect(forms.ofSession(new Date(CHANGE * 1_000))).toBe("checked");
    }
  });

  it.each([
    ["access", 10 * 60],
    ["refresh", 30 * DAY],
    ["oneTime", 3 * DAY],
  ] as const)("a plain %s token is accepted for as long as one can exist, and an hour", (kind, seconds) => {
    expect(formsAfter(seconds).acceptsPlain(kind)).toBe(true);
    expect(formsAfter(seconds + HOUR).acceptsPlain(kind)).toBe(false);
    // A server that started while they were accepted stops accepting them.
    expect(formsAfter(seconds + HOUR, 20 * DAY).acceptsPlain(kind)).toBe(false);
  });
});

it("a new database has no plain tokens: none is made, and none accepted", () => {
  const forms = createTokenForms(
    { checkedSinceSeconds: Number.NEGATIVE_INFINITY, nowSeconds: CHANGE },
    () => 0,
  );
  expect(forms.ofNow()).toBe("checked");
  expect(forms.ofSession(new Date(0))).toBe("checked");
  for (const kind of ["access", "refresh", "oneTime"] as const) expect(forms.acceptsPlain(kind)).toBe(false);
});
