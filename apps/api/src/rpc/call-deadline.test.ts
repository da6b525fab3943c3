import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { withinDeadline } from "./checks/call-deadline.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("F11 a call that has lasted for almost ten seconds is refused, and may be tried again", async () => {
  const refused = withinDeadline(new Promise(() => {})).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(9_999);
  expect(await refused).toMatchObject({
    reason: "server.busy",
    retryAfterSeconds: 1,
    cause: { refusal: "call_deadline" },
  });
});

it("leaves no timer, and passes on what the work returned or threw", async () => {
  expect(await withinDeadline(Promise.resolve("done"))).toBe("done");
  await expect(withinDeadline(Promise.reject(new Error("mine")))).rejects.toThrow("mine");
  expect(vi.getTimerCount()).toBe(0);
});
