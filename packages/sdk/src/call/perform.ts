// Performs a call within a session: sends it with the session's tokens, refreshes them when the access token has expired,
// and stores or deletes them when the call signs in or out.
import type { Clock } from "../clock.ts";
import { isProjoError, ProjoError } from "../errors.ts";
import { operations } from "../generated/operations.ts";
import type { OperationName } from "../operation-name.ts";
import type { CallOptions, Connection } from "../options.ts";
import { sessionOf, type Refresh } from "../session/session.ts";
import { tokensFrom, type Tokens } from "../session/token-store.ts";
import { openCall, type Sender } from "./transport.ts";

export interface PerformOptions {
  connection: Connection;
  clock: Clock;
  name: OperationName;
  input: unknown;
  options: CallOptions;
}

const startsSession = new Set<OperationName>(["auth.signUp", "auth.signIn"]);
const endsSession = new Set<OperationName>(["auth.signOut", "auth.signOutEverywhere"]);

/** @throws ProjoError, the reason of the caller's signal, or TypeError for an invalid argument */
export async function perform({ connection, clock, name, input, options }: PerformOptions): Promise<unknown> {
  const session = sessionOf(connection.tokens);
  const call = { operation: name, kind: operations[name], options };
  // Send no token: an expired one would prevent signing in again.
  if (startsSession.has(name) || name === "auth.refresh") {
    const data = await openCall(connection, clock, { ...call, send: (sender) => sender.send(input) });
    const tokens = tokensFrom(data);
    if (tokens && startsSession.has(name)) await session.store(tokens);
    // A direct call of auth.refresh also updates the session, because the refresh token must not be used again.
    else if (tokens) await session.replace(refreshTokenIn(input), tokens);
    return data;
  }
  let sent: Tokens | undefined;
  const data = await openCall(connection, clock, {
    ...call,
    send: async (sender) => {
      sent = await sender.within(session.tokens());
      const callInput = name === "auth.signOut" ? withRefreshToken(input, sent) : input;
      return await sendAs(sent, { sender, name, input: callInput, connection, clock });
    },
  });
  if (endsSession.has(name)) await session.clear(sent);
  return data;
}

interface SendOptions {
  sender: Sender;
  name: OperationName;
  input: unknown;
  connection: Connection;
  clock: Clock;
}

/**
 * Sends the call. When the server refuses the access token, refreshes it and sends the call again. That is also safe for a
 * mutation, because the server has not carried out a call that it refused for its token. Only the server decides whether
 * a token has expired, because the local clock may be wrong.
 */
async function sendAs(tokens: Tokens | undefined, options: SendOptions): Promise<unknown> {
  const { sender, name, input, connection, clock } = options;
  try {
    return await sender.send(input, tokens?.accessToken);
  } catch (error) {
    const isExpired = isProjoError(error) && error.reason === "auth.unauthenticated";
    if (!isExpired || tokens?.refreshToken === undefined) throw error;
    const renewal = sessionOf(connection.tokens).renew(tokens, createRefresh(connection, clock));
    const next = await sender.within(renewal).catch((reason: unknown) => {
      throw callError(reason, name);
    });
    if (!next) throw error;
    return await sender.send(input, next.accessToken);
  }
}

/**
 * The number of retries of a refresh. A refresh is a mutation, but retrying it is safe when its response is lost: for the
 * same refresh token the server returns the same successor until that successor is used. For the same reason, a later
 * call may refresh again with the stored tokens after this one has failed.
 */
const REFRESH_RETRIES = 2;

const createRefresh =
  (connection: Connection, clock: Clock): Refresh =>
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
function callError(reason: unknown, operation: OperationName): unknown {
  if (!isProjoError(reason) || reason.status !== 401) return reason;
  const { message, code, status, requestId } = reason;
  return new ProjoError(message, { operation, code, reason: reason.reason, status, requestId });
}

/** Adds the refresh token, which ends the session even when the access token has expired. */
function withRefreshToken(input: unknown, tokens: Tokens | undefined): unknown {
  const refreshToken = tokens?.refreshToken;
  return refreshToken === undefined ? input : { refreshToken, ...(isObject(input) ? input : {}) };
}

function refreshTokenIn(input: unknown): string {
  return isObject(input) && "refreshToken" in input ? String(input.refreshToken) : "";
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
