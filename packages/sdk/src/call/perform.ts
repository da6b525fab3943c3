// Performs a call within a session: sends it with the session's tokens, and stores or deletes them when the call signs in or out.
import type { Clock } from "../clock.ts";
import { isReason } from "../errors.ts";
import { operations } from "../generated/operations.ts";
import type { OperationName } from "../operation-name.ts";
import type { CallOptions, Connection } from "../options.ts";
import { clearTokens, replaceTokens, sessionOf } from "../session/session.ts";
import { tokensFrom, type Tokens } from "../session/token-store.ts";
import { loadRecovery, needRecovery } from "./load-recovery.ts";
import type { RawResponse } from "./raw-response.ts";
import { openCall } from "./transport.ts";

export interface PerformOptions {
  connection: Connection;
  clock: Clock;
  name: OperationName;
  input: unknown;
  options: CallOptions;
  /** Receives the response when the call succeeds. */
  onSuccess?: (response: RawResponse) => void;
}

export const startsSession = (operation: string): boolean => /^auth\.sign(?:In|Up)$/.test(operation);
export const endsSession = (operation: string): boolean => operation.startsWith("auth.signOut");

/** @throws ProjoError, the reason of the caller's signal, or TypeError for an invalid argument */
export async function perform(performed: PerformOptions): Promise<unknown> {
  const { connection, clock, name, input, options, onSuccess } = performed;
  const session = sessionOf(connection.tokens);
  const isStart = startsSession(name);
  const isSignOut = name === "auth.signOut";
  // Send no token: an expired one would prevent signing in again.
  const isAnonymous = connection.session !== undefined || isStart || name === "auth.refresh";
  let sent: Tokens | undefined;
  try {
    return await openCall(connection, clock, {
      operation: name,
      kind: operations[name],
      options,
      onSuccess,
      send: async ({ send, within }) => {
        if (!isAnonymous) sent = await within(session.tokens());
        const callInput = isSignOut ? withRefreshToken(input, sent) : input;
        const sendWith = (tokens: Tokens | undefined) => send(callInput, tokens?.accessToken);
        const data = await sendWith(sent).catch(async (error: unknown) => {
          if (isAnonymous || !isReason(error, "auth.unauthenticated")) throw error;
          // The session may go on, so the error is not that of a session that has ended.
          const recovery = await within(needRecovery(name));
          const refused = { error, name, tokens: sent, send: sendWith, within, session, openCall };
          return await recovery.sendWithNewTokens({ ...refused, connection, clock });
        });
        if (endsSession(name)) await within(clearTokens(session, sent));
        const tokens = isAnonymous ? tokensFrom(data) : undefined;
        if (tokens) {
          const change = isStart
            ? session.change((store) => store.set(tokens))
            : // A direct call of auth.refresh also updates the session, because the refresh token must not be used again.
              replaceTokens(session, refreshTokenIn(input), tokens);
          await within(change);
        }
        return data;
      },
    });
  } catch (error) {
    if (!isSignOut || !sent) throw error;
    const clear = () => clearTokens(session, sent);
    const recovery = await loadRecovery();
    if (!recovery) await clear();
    throw recovery ? await recovery.signOutHere(error, options.signal?.aborted === true, clear) : error;
  }
}

/** Adds the refresh token, which ends the session even when the access token has expired. */
export function withRefreshToken(input: unknown, tokens: Tokens | undefined): unknown {
  const refreshToken = tokens?.refreshToken;
  return refreshToken === undefined ? input : { refreshToken, ...(input as object | undefined) };
}

export function refreshTokenIn(input: unknown): string {
  return String((input as { refreshToken?: unknown } | undefined)?.refreshToken);
}
