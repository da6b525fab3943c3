// The text form of tokens, for stores that keep texts: files and the storage of a browser.
import type { Tokens } from "./token-store.ts";

/** Null stands for a session that has ended. */
export function formatTokens(tokens: Tokens | null): string {
  return JSON.stringify({ tokens });
}

/** Returns the tokens, null for a session that has ended, or undefined for a text of another form. */
export function parseTokens(text: string): Tokens | null | undefined {
  // Editors on Windows add a byte order mark.
  const stored = parseJson(text.replace(/^\ufeff/, ""));
  if (!isRecord(stored)) return undefined;
  const { tokens } = stored;
  return tokens === null || isTokens(tokens) ? tokens : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Drop the runtime's error: its message quotes the text, which may contain a token.
    return undefined;
  }
}

/** Keeps further fields, which a newer version of the SDK may have stored. */
function isTokens(value: unknown): value is Tokens {
  if (!isRecord(value) || typeof value["accessToken"] !== "string") return false;
  return ["accessTokenExpiresAt", "refreshToken", "sessionId"].every(
    (field) => value[field] === undefined || typeof value[field] === "string",
  );
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;
