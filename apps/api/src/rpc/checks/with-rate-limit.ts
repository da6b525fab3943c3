import { contract } from "@projostack/contract";
import type { Attempt } from "../../limits/limiter/limiter.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failure.ts";

type CallAttempt = Omit<Attempt, "address" | "target"> & Partial<Pick<Attempt, "target">>;

/** Counts a try before anything is done for it, and does it if it was not one too many. @throws Failure limit.exceeded */
export async function withRateLimit<T>(
  { services: { limiter }, device, setRateLimitHeaders }: Context,
  attempt: CallAttempt,
  next: (isKnown: boolean) => Promise<T>,
): Promise<T> {
  const byWhom: Attempt = { target: null, ...attempt, address: device.ip };
  const { retryAfterSeconds, quotas, isKnown } = await limiter.decide(byWhom);
  setRateLimitHeaders(quotas);
  if (retryAfterSeconds !== null) throw new Failure("limit.exceeded", { retryAfterSeconds });
  const result = await next(isKnown);
  await limiter.succeeded(byWhom);
  return result;
}

const { email } = contract.auth.signIn.input.shape;

/**
 * The account that an input names, as the operation will read it. The input is not checked yet: whatever has no
 * address in its `email` names none, and its schema will refuse it if there must be one.
 */
export function accountIn(input: unknown): string | null {
  if (typeof input !== "object" || input === null || !("email" in input)) return null;
  // Its length first: nobody's limit should be looked for in a hundred kilobytes.
  if (typeof input.email !== "string" || input.email.length > 254) return null;
  return email.safeParse(input.email).data ?? null;
}

/** What an input is about, where many of its kind are a nuisance to one: the address invited, or the invite's id. */
export function targetIn(input: unknown): string | null {
  const account = accountIn(input);
  if (account !== null || typeof input !== "object" || input === null || !("id" in input)) return account;
  return typeof input.id === "string" && input.id.length === 36 ? input.id : null;
}
