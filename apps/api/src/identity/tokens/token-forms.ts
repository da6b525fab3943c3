// Decides which form of tokens the server issues and accepts. Builds before the check (tokens.ts) neither issue nor accept
// checked tokens. Therefore an upgraded database stores the time from which checked tokens are issued, one day after its
// migration, so that the old and the new build can run side by side. Before that time the server issues plain tokens. After
// it, plain tokens are accepted for their longest lifetime. With a new database plain tokens are neither issued nor
// accepted.
import type { Db } from "@projostack/db";
import { ABSOLUTE_SECONDS, ACCESS_SECONDS } from "./session-lifetime.ts";
import type { TokenForm, UnverifiedToken } from "./tokens.ts";

/** The status of a token without a query: issued by this server, possibly issued by it (plain form), or forged. */
export type TokenStatus = "issued" | "unknown" | "forged";

export type TokenKind = "access" | "refresh" | "oneTime";

export interface TokenForms {
  /**
   * The form of a session's tokens. It depends on the creation time of the generation, so all servers issue the same
   * successor.
   */
  ofSession(rotatedAt: Date): TokenForm;
  /** The form of tokens that are issued now and belong to no session. */
  ofNow(): TokenForm;
  /** Whether a plain token of the kind may still exist. */
  acceptsPlain(kind: TokenKind): boolean;
}

const HOUR = 60 * 60;
/** Extra time for tokens that were issued at the last moment, and for clock drift while a server runs. */
const SLACK_SECONDS = HOUR;

/** How long after the change plain tokens of each kind are accepted. */
const PLAIN_ACCEPTED_SECONDS: Record<TokenKind, number> = {
  access: ACCESS_SECONDS + SLACK_SECONDS,
  refresh: ABSOLUTE_SECONDS + SLACK_SECONDS,
  // The longest one-time token, for email verification, lasts three days.
  oneTime: 72 * HOUR + SLACK_SECONDS,
};

/** @param elapsedSeconds the seconds since the server read the database's time, by a monotonic clock */
export function createTokenForms(
  { checkedSinceSeconds, nowSeconds }: Awaited<ReturnType<Db["checkedTokens"]>>,
  elapsedSeconds: () => number,
): TokenForms {
  const sinceChange = () => nowSeconds + elapsedSeconds() - checkedSinceSeconds;
  return {
    ofSession: (rotatedAt) => (rotatedAt.getTime() / 1000 < checkedSinceSeconds ? "plain" : "checked"),
    ofNow: () => (sinceChange() < 0 ? "plain" : "checked"),
    acceptsPlain: (kind) => sinceChange() < PLAIN_ACCEPTED_SECONDS[kind],
  };
}

/** Reads the times from the database once, at the start of the server. */
export async function openTokenForms(db: Db): Promise<TokenForms> {
  const times = await db.checkedTokens();
  const startedAt = performance.now();
  return createTokenForms(times, () => (performance.now() - startedAt) / 1000);
}

/**
 * Determines the status of a parsed token without a query. Only an issued token allows prefetching, and a forged one is
 * never looked up.
 */
export function tokenStatusOf(
  token: UnverifiedToken<unknown> | null,
  kind: TokenKind,
  { keys, forms }: { keys: Parameters<UnverifiedToken<unknown>["isIssued"]>[0]; forms: TokenForms },
): TokenStatus {
  if (!token) return "forged";
  if (token.form === "plain") return forms.acceptsPlain(kind) ? "unknown" : "forged";
  return token.isIssued(keys) ? "issued" : "forged";
}
