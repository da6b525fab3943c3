// Renews a session: exchanges its refresh token when the server refuses the access token, and sends the call again.
import type { Clock } from "../../clock.ts";
import type { Connection } from "../../options.ts";
import { renewTokens, type Refresh } from "./renew-tokens.ts";
import type { Session } from "../../session/session-types.ts";
import type { Tokens } from "../../session/token-store.ts";
import type { OpenCall, Sender } from "../call-types.ts";
import { ProjoError, tokensFrom } from "./given.ts";

interface RefusedCall {
  /** The refusal of the access token. */
  readonly error: unknown;
  /** The tokens of the refused call. */
  readonly tokens: Tokens | undefined;
  /** Sends the call again with these tokens. */
  readonly send: (tokens: Tokens | undefined) => Promise<unknown>;
  readonly within: Sender["within"];
  readonly name: string;
  readonly connection: Connection;
  readonly clock: Clock;
  readonly session: Session;
  readonly openCall: OpenCall;
}

/**
 * Sends a call again, with new tokens, after the server has refused its access token. That is also safe for a mutation, because
 * the server has not carried out a call that it refused for its token. Only the server decides whether a token has expired,
 * because the local clock may be wrong.
 */
export async function sendWithNewTokens(refused: RefusedCall): Promise<unknown> {
  const { error, tokens, send, within, name, connection, clock, session, openCall } = refused;
  if ("asksToken" in connection.tokens) {
    const asked = await within(session.tokens());
    // The server would refuse the same token again.
    if (asked?.accessToken === tokens?.accessToken) throw error;
    return await send(asked);
  }
  if (tokens?.refreshToken === undefined) throw error;
  const renewal = renewTokens(session, tokens, createRefresh(connection, clock, openCall));
  const next = await within(renewal).catch((reason: unknown) => {
    throw callError(reason, name);
  });
  if (!next) throw error;
  return await send(next);
}

/**
 * The number of retries of a refresh. A refresh is a mutation, but retrying it is safe when its response is lost: for the
 * same refresh token the server returns the same successor until that successor is used. For the same reason, a later
 * call may refresh again with the stored tokens after this one has failed.
 */
const REFRESH_RETRIES = 2;

export const createRefresh =
  (connection: Connection, clock: Clock, openCall: OpenCall): Refresh =>
  async (refreshToken) => {
    // Several calls wait for this refresh, so use the options of the client and not those of one call.
    const data = await openCall(connection, clock, {
      operation: "auth.refresh",
      kind: "mutation",
      retries: REFRESH_RETRIES,
      options: {},
      send: (sender) => sender.send({ refreshToken }),
    });
    const tokens = tokensFrom(data);
    if (tokens) return tokens;
    throw new ProjoError("The response to auth.refresh contains no tokens. Check that baseUrl is correct.", {
      operation: "auth.refresh",
      code: "UNEXPECTED_ANSWER",
    });
  };

/** Turns a refused refresh into the failure of the waiting call. Each waiting call gets a separate error. */
export function callError(reason: unknown, operation: string): unknown {
  if (!(reason instanceof ProjoError) || reason.status !== 401) return reason;
  const { message, code, status, requestId } = reason;
  return new ProjoError(message, { operation, code, reason: reason.reason, status, requestId });
}
