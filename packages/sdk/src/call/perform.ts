// A call as the session's: it goes out with the session's tokens, carries the session on when its access token has
// expired, and opens or closes the session when that is what the call does.
import type { Clock } from "../clock.ts";
import { isProjoError, ProjoError } from "../errors.ts";
import { operations } from "../generated/operations.ts";
import type { OperationName } from "../operation-name.ts";
import type { CallOptions, Connection } from "../options.ts";
import { sessionIn, type Refresh } from "../session/session.ts";
import { tokensIn, type Tokens } from "../session/token-store.ts";
import { openCall, type Line } from "./transport.ts";

export interface Performance {
  connection: Connection;
  clock: Clock;
  name: OperationName;
  input: unknown;
  options: CallOptions;
}

const opens = new Set<OperationName>(["auth.signUp", "auth.signIn"]);
const closes = new Set<OperationName>(["auth.signOut", "auth.signOutEverywhere"]);

/** @throws ProjoError, the reason of the caller's signal, or TypeError when the call itself is a mistake */
export async function perform({ connection, clock, name, input, options }: Performance): Promise<unknown> {
  const session = sessionIn(connection.tokens);
  const call = { operation: name, kind: operations[name], options };
  // A token that has expired must not stand in the way of signing in again.
  if (opens.has(name) || name === "auth.refresh") {
    const data = await openCall(connection, clock, { ...call, send: (line) => line.send(input) });
    const tokens = tokensIn(data);
    if (tokens && opens.has(name)) await session.keep(tokens);
    // A refresh by hand moves the session on as well: the token that it used up must not be used again.
    else if (tokens) await session.replace(refreshTokenIn(input), tokens);
    return data;
  }
  let sent: Tokens | undefined;
  const data = await openCall(connection, clock, {
    ...call,
    send: async (line) => {
      sent = await line.within(session.tokens());
      const itsInput = name === "auth.signOut" ? withRefreshToken(input, sent) : input;
      return await sendAs(sent, { line, name, input: itsInput, connection, clock });
    },
  });
  if (closes.has(name)) await session.forget(sent);
  return data;
}

interface Errand {
  line: Line;
  name: OperationName;
  input: unknown;
  connection: Connection;
  clock: Clock;
}

/**
 * Sends the call; and when the server no longer takes the access token, once more with the next one. That is safe for
 * a mutation too: what was refused for its token was not carried out. The server alone says when a token has expired:
 * this machine's clock may be wrong, so nothing here goes by it.
 */
async function sendAs(tokens: Tokens | undefined, errand: Errand): Promise<unknown> {
  const { line, name, input, connection, clock } = errand;
  try {
    return await line.send(input, tokens?.accessToken);
  } catch (error) {
    const isSpent = isProjoError(error) && error.reason === "auth.unauthenticated";
    if (!isSpent || tokens?.refreshToken === undefined) throw error;
    const renewal = sessionIn(connection.tokens).renew(tokens, refreshOver(connection, clock));
    const next = await line.within(renewal).catch((reason: unknown) => {
      throw aboutCall(reason, name);
    });
    if (!next) throw error;
    return await line.send(input, next.accessToken);
  }
}

/**
 * A refresh is sent again when its reply is lost, though it is a mutation. The server's rule allows that: for the same
 * refresh token it gives the same successor as long as that has not been used, and nobody can have used what nobody
 * got. For the same reason a call that failed here may be repeated later, with the tokens that were kept.
 */
const REPEATS = 2;

const refreshOver =
  (connection: Connection, clock: Clock): Refresh =>
  async (refreshToken) => {
    // For all who wait, so it is sent by the client's options and not by those of the call that came first.
    const data = await openCall(connection, clock, {
      operation: "auth.refresh",
      kind: "mutation",
      repeats: REPEATS,
      options: {},
      send: (line) => line.send({ refreshToken }),
    });
    const tokens = tokensIn(data);
    if (tokens) return tokens;
    throw new ProjoError("The answer to auth.refresh holds no tokens. Is baseUrl right?", {
      operation: "auth.refresh",
      code: "UNEXPECTED_ANSWER",
    });
  };

/** A refused refresh as the failure of the call that needed it: each who waits for one gets an error of their own. */
function aboutCall(reason: unknown, operation: OperationName): unknown {
  if (!isProjoError(reason) || reason.status !== 401) return reason;
  const { message, code, status, requestId } = reason;
  return new ProjoError(message, { operation, code, reason: reason.reason, status, requestId });
}

/** The access token may have expired; the refresh token ends the session even so. */
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
