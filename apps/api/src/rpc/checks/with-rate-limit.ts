import { contract } from "@projostack/contract";
import type { Attempt } from "../../limits/limiter/limiter.ts";
import type { Context } from "../context.ts";
import { Failure } from "../failures/failure.ts";

type CallAttempt = Omit<Attempt, "address" | "target"> & Partial<Pick<Attempt, "target">>;

/** Counts an attempt before any work is done, and runs it when no limit refuses it. @throws Failure limit.exceeded */
export async function withRateLimit<T>(
  { services: { limiter, observer }, device, setRateLimitHeaders }: Context,
  attempt: CallAttempt,
  next: (isKnown: boolean) => Promise<T>,
): Promise<T> {
  const counted: Attempt = { target: null, ...attempt, address: device.ip };
  const { retryAfterSeconds, quotas, isKnown } = await limiter.decide(counted);
  setRateLimitHeaders(quotas);
  if (limiter.isLimited(attempt.operation))
    observer.limitDecided(attempt.operation, retryAfterSeconds !== null);
  if (retryAfterSeconds !== null) throw new Failure("limit.exceeded", { retryAfterSeconds });
  const result = await next(isKnown);
  await limiter.succeeded(counted);
  return result;
}

const { email } = contract.auth.signIn.input.shape;

/**
 * The email address in an input, normalized as the operation will read it. The input is not validated yet: null when
 * `email` holds no address, and the schema rejects the input later if the address is required.
 */
export function accountIn(input: unknown): string | null {
  if (typeof input !== "object" || input === null || !("email" in input)) return null;
  // The schema checks the length first, so a text of 100 KB is not parsed as an address.
  return email.safeParse(input.email).data ?? null;
}

/** The target of an input, for limits per target: the invited address or the id of the invite. */
export function targetIn(input: unknown): string | null {
  const account = accountIn(input);
  if (account !== null || typeof input !== "object" || input === null || !("id" in input)) return account;
  return typeof input.id === "string" && input.id.length === 36 ? input.id : null;
}
