// One call over HTTP: its request, its answer, and the tries in between. Only queries are tried again, and the one
// mutation that may be: another whose answer was lost may have been carried out.
import { readAnswer, type RawAnswer } from "./answer.ts";
import type { Clock } from "../clock.ts";
import { startDeadline, type Deadline } from "./deadline.ts";
import { isProjoError, ProjoConnectionError, ProjoTimeoutError, type ProjoError } from "../errors.ts";
import type { AbortSignalLike } from "../platform.ts";
import { requestOf, type Request } from "./request.ts";
import { retryDelayMs } from "./retry.ts";
import { withCallOptions, type CallOptions, type Connection } from "../options.ts";

export interface Call {
  readonly operation: string;
  readonly kind: "query" | "mutation";
  readonly options: CallOptions;
  /** How often a mutation that may be sent twice is sent again when it fails. */
  readonly repeats?: number;
  /** What is done while the call lasts. */
  readonly send: (line: Line) => Promise<unknown>;
}

/** The connection while a call lasts. */
export interface Line {
  /** Sends the call's request, and tries again where that may help. */
  send(input: unknown, token?: string): Promise<unknown>;
  /** Waits for the work, but no longer than the call may take. */
  within<T>(work: Promise<T>): Promise<T>;
}

/** @throws ProjoError, the reason of the caller's signal, or TypeError when the call itself is a mistake */
export async function openCall(client: Connection, clock: Clock, call: Call): Promise<unknown> {
  const connection = withCallOptions(client, call.options);
  const { signal } = call.options;
  if (isAborted(signal)) throw abortReason(signal);

  const deadline = startDeadline(connection.timeoutMs, clock, signal);
  try {
    return await call.send({
      within: (work) => deadline.within(work),
      send: async (input, token) => {
        const request = requestOf(connection, { ...call, input }, token);
        return await sendUntilDone({ connection, clock, call, deadline, request });
      },
    });
  } catch (error) {
    if (isAborted(signal)) throw abortReason(signal);
    if (deadline.isOver()) throw timeoutError(connection, call);
    throw error;
  } finally {
    deadline.release();
  }
}

function isAborted(signal: AbortSignalLike | undefined): signal is AbortSignalLike {
  return signal?.aborted === true;
}

/** Runtimes older than `signal.reason` have none. */
function abortReason({ reason }: AbortSignalLike): unknown {
  return reason ?? Object.assign(new Error("The call was aborted."), { name: "AbortError" });
}

interface Attempt {
  connection: Connection;
  clock: Clock;
  call: Call;
  deadline: Deadline;
  request: Request;
}

async function sendUntilDone(attempt: Attempt): Promise<unknown> {
  const { connection, clock, call, deadline } = attempt;
  const tries = 1 + (call.kind === "query" ? connection.maxRetries : (call.repeats ?? 0));
  for (let done = 1; ; done += 1) {
    try {
      return await sendOnce(attempt);
    } catch (error) {
      const delayMs =
        done < tries && isProjoError(error) ? retryDelayMs(error, done, clock.random()) : undefined;
      // A wait past the deadline would turn an answer that is here into a timeout that says less.
      if (delayMs === undefined || delayMs >= deadline.remainingMs()) throw error;
      await deadline.within(clock.sleep(delayMs, deadline.signal));
    }
  }
}

async function sendOnce(attempt: Attempt): Promise<unknown> {
  const { connection, call, clock } = attempt;
  const answer = await exchange(attempt);
  const { baseUrl } = connection;
  return readAnswer(answer, { operation: call.operation, baseUrl, now: clock.now() });
}

async function exchange({ connection, call, deadline, request }: Attempt): Promise<RawAnswer> {
  const { fetch, baseUrl } = connection;
  const { url, ...init } = request;
  try {
    const response = await deadline.within(
      // A redirect is an answer, not a way: followed to another host it would take the token along.
      fetch(url, { ...init, redirect: "manual", signal: deadline.signal }),
    );
    const { status, headers } = response;
    return {
      status,
      isRedirect: response.type === "opaqueredirect" || (status >= 300 && status < 400),
      requestId: headers.get("x-request-id") ?? undefined,
      retryAfter: headers.get("retry-after"),
      text: await deadline.within(response.text()),
    };
  } catch (error) {
    throw new ProjoConnectionError(
      `Cannot reach ${baseUrl}${systemCode(error)}. Is the server running there, and is baseUrl right?`,
      { operation: call.operation, code: "CONNECTION_FAILED" },
    );
  }
}

/** The system's code alone: what else a fetch says of its failure may hold the request's headers. */
function systemCode(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const codes = [error, cause].map((from) =>
    typeof from === "object" && from !== null && "code" in from && typeof from.code === "string"
      ? from.code
      : "",
  );
  const code = codes.find((text) => /^[A-Z][A-Z0-9_]*$/.test(text));
  return code === undefined ? "" : ` (${code})`;
}

function timeoutError({ baseUrl, timeoutMs }: Connection, { operation, kind }: Call): ProjoError {
  const unknown = kind === "mutation" ? " It may have been carried out all the same." : "";
  return new ProjoTimeoutError(`${operation} took longer than ${timeoutMs} ms at ${baseUrl}.${unknown}`, {
    operation,
    code: "TIMEOUT",
  });
}
