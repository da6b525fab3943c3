// Which form of tokens the server makes and accepts. Builds before the check (tokens.ts) neither make nor accept checked
// tokens, so a database that was upgraded has a time from which they are made: a day after its migration, in which the old
// and the new build may serve it side by side. Until then tokens are made as the old build makes them. From then on plain
// tokens are accepted for as long as one can exist. A new database has no plain tokens, and accepts none.
import type { Db } from "@projostack/db";
import { ABSOLUTE_SECONDS, ACCESS_SECONDS } from "./session-lifetime.ts";
import type { TokenForm, Unproven } from "./tokens.ts";

/** The standing of a token before the database is asked: made by this server, possibly made by it, or forged. */
export type TokenStatus = "issued" | "unknown" | "forged";

export type TokenKind = "access" | "refresh" | "oneTime";

export interface TokenForms {
  /** The form of a session's tokens: by when its generation was made, so that all servers give the same successor. */
  ofSession(rotatedAt: Date): TokenForm;
  /** The form of what is made now and belongs to no session. */
  ofNow(): TokenForm;
  /** Whether a plain token of the kind may still exist. */
  acceptsPlain(kind: TokenKind): boolean;
}

const HOUR = 60 * 60;
/** For what is made at the last moment, and for clocks that drift while a server runs. */
const SLACK_SECONDS = HOUR;

/** How long after the change the last plain token of a kind ends. */
const LAST_PLAIN_SECONDS: Record<TokenKind, number> = {
  access: ACCESS_SECONDS + SLACK_SECONDS,
  refresh: ABSOLUTE_SECONDS + SLACK_SECONDS,
  // An address may be verified for three days.
  oneTime: 72 * HOUR + SLACK_SECONDS,
};

/** @param elapsedSeconds since the server asked the database for its time; by a clock that never jumps */
export function createTokenForms(
  { checkedSinceSeconds, nowSeconds }: Awaited<ReturnType<Db["checkedTokens"]>>,
  elapsedSeconds: () => number,
): TokenForms {
  const sinceChange = () => nowSeconds + elapsedSeconds() - checkedSinceSeconds;
  return {
    ofSession: (rotatedAt) => (rotatedAt.getTime() / 1000 < checkedSinceSeconds ? "plain" : "checked"),
    ofNow: () => (sinceChange() < 0 ? "plain" : "checked"),
    acceptsPlain: (kind) => sinceChange() < LAST_PLAIN_SECONDS[kind],
  };
}

/** Asks the database once, at the server's start. */
export async function openTokenForms(db: Db): Promise<TokenForms> {
  const times = await db.checkedTokens();
  const startedAt = performance.now();
  return createTokenForms(times, () => (performance.now() - startedAt) / 1000);
}

/** Judges a parsed token without a trip. Only what is issued may be prefetched for, and only what is forged needs no look. */
export function tokenStatusOf(
  token: Unproven<unknown> | null,
  kind: TokenKind,
  { keys, forms }: { keys: Parameters<Unproven<unknown>["isIssued"]>[0]; forms: TokenForms },
): TokenStatus {
  if (!token) return "forged";
  if (token.form === "plain") return forms.acceptsPlain(kind) ? "unknown" : "forged";
  return token.isIssued(keys) ? "issued" : "forged";
}
