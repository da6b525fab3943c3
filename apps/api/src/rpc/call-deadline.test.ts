import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { withinDeadline } from "./checks/call-deadline.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("F11 a call is refused after 9.5 seconds, with Retry-After", async () => {
  const refused = withinDeadline(new Promise(() => {})).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(9_999);
  expect(await refused).toMatchObject({
    reason: "server.busy",
    retryAfterSeconds: 1,
    cause: { refusal: "call_deadline" },
  });
});

it("withinDeadline passes on the result or the error of the work and clears its timer", async () => {
  expect(await withinDeadline(Promise.resolve("done"))).toBe("done");
  await expect(withinDeadline(Promise.reject(new Error("mine")))).rejects.toThrow("mine");
  expect(vi.getTimerCount()).toBe(0);
});

it("F3 a call of a streamed batch is refused when the stopping server gives it up", async () => {
  const stopping = new AbortController();
  const refused = withinDeadline(new Promise(() => {}), stopping.signal).catch((error: unknown) => error);
  stopping.abort();
  expect(await refused).toMatchObject({
    reason: "server.busy",
    message: "The server is stopping. Try again in a moment.",
    retryAfterSeconds: 2,
  });
  const late = withinDeadline(new Promise(() => {}), stopping.signal);
  await expect(late).rejects.toMatchObject({ reason: "server.busy", retryAfterSeconds: 2 });
});
