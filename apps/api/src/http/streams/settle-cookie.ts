import { operations } from "@projostack/contract";
import type { Context } from "../../rpc/context.ts";
import type { CookieMode } from "../../rpc/cookie-mode.ts";

/** When the lines of a streamed batch in cookie mode are sent: the head of the answer sets the cookie. */
export type CookieLines = "at once" | "after all calls";

const byName: ReadonlyMap<string, (typeof operations)[number]["operation"]> = new Map(
  operations.map(({ name, operation }) => [name, operation]),
);

/**
 * Decides the cookie of a streamed batch before its head is sent. Queries do not change the session, so the caller is found
 * first, and its calls use the same result. Mutations may start and end sessions, so their lines wait for all calls.
 */
export async function settleCookie(ctx: Context, cookie: CookieMode, path: string): Promise<CookieLines> {
  const called = path.split(",").map((name) => byName.get(name));
  if (called.some((operation) => operation?.kind === "mutation")) return "after all calls";
  if (called.every((operation) => operation === undefined || operation.access === "public")) return "at once";
  const isRefused = await ctx.findCaller().then(
    (caller) => caller === null,
    // Each call reports the failure. That of a reused cookie deletes it.
    (error: unknown) => error instanceof Error && "reason" in error && error.reason === "auth.token_reused",
  );
  if (isRefused) cookie.clear();
  return "at once";
}
