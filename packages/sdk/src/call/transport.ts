// Sends one call over HTTP, with its retries. Only queries are retried, and the one mutation that is safe to repeat: any
// other mutation may have been carried out when its response is lost.
import { connectionError } from "./connection-failure.ts";
import type { RawResponse } from "./raw-response.ts";
import { readResponse } from "./response.ts";
import type { Clock } from "../clock.ts";
import { startDeadline, type Deadline } from "./deadline.ts";
import { isProjoError, ProjoTimeoutError, type ProjoError } from "../errors.ts";
import type { AbortSignalLike } from "../platform.ts";
import { buildRequest, type Request } from "./request.ts";
import { retryDelayMs } from "./retry.ts";
import { withCallOptions, type CallOptions, type Connection } from "../options.ts";

export interface Call {
  readonly operation: string;
  readonly kind: "query" | "mutation";
  readonly options: CallOptions;
  /** The maximum number of retries of a mutation that is safe to repeat. Default: 0. */
  readonly retries?: number;
  /** Sends the requests of the call, within its deadline. */
  readonly send: (sender: Sender) => Promise<unknown>;
}

/** Sends requests within the deadline of a call. */
export interface Sender {
  /** Sends the request, and retries it after a temporary failure. */
  send(input: unknown, token?: string): Promise<unknown>;
  /** Waits for the work, but no longer than the call's deadline. */
  within<T>(work: Promise<T>): Promise<T>;
}

/** Whether a repetition of the call has no further effect. */
const isRepeatable = ({ kind, retries }: Call): boolean => kind === "query" || retries !== undefined;

/** @throws ProjoError, the reason of the caller's signal, or TypeError for an invalid argument */
export async function openCall(client: Connection, clock: Clock, call: Call): Promise<unknown> {
  const connection = withCallOptions(client, call.options);
  const { signal } = call.options;
  if (isAborted(signal)) throw abortReason(signal);

  const deadline = startDeadline(connection.timeoutMs, clock, signal);
  let isSent = false;
  try {
    return await call.send({
      within: (work) => deadline.within(work),
      send: async (input, token) => {
        const request = buildRequest(connection, { ...call, input }, token);
        isSent = true;
        try {
          return await sendUntilDone({ connection, clock, call, deadline, request });
        } catch (error) {
          // After a refusal the call waits for new tokens. A timeout then comes before the next request.
          if (isProjoError(error) && !error.mayHaveBeenCarriedOut) isSent = false;
          throw error;
        }
      },
    });
  } catch (error) {
    if (isAborted(signal)) throw abortReason(signal);
    if (deadline.isOver()) throw timeoutError(connection, call, isSent);
    throw error;
  } finally {
    deadline.release();
  }
}

function isAborted(signal: AbortSignalLike | undefined): signal is AbortSignalLike {
  return signal?.aborted === true;
}

/** Returns the reason of the signal, which old runtimes do not have. */
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
  const attempts = 1 + (call.kind === "query" ? connection.maxRetries : (call.retries ?? 0));
  for (let done = 1; ; done += 1) {
    try {
      return await sendOnce(attempt);
    } catch (error) {
      const delayMs =
        done < attempts && isProjoError(error) ? retryDelayMs(error, done, clock.random()) : undefined;
      // Do not wait past the deadline: a timeout would hide the error, which says more.
      if (delayMs === undefined || delayMs >= deadline.remainingMs()) throw error;
      await deadline.within(clock.sleep(delayMs, deadline.signal));
    }
  }
}

async function sendOnce(attempt: Attempt): Promise<unknown> {
  const { connection, call, clock } = attempt;
  const response = await exchange(attempt);
  const { baseUrl } = connection;
  return readResponse(response, {
    operation: call.operation,
    baseUrl,
    isRepeatable: isRepeatable(call),
    now: clock.now(),
  });
}

async function exchange({ connection, call, deadline, request }: Attempt): Promise<RawResponse> {
  const { fetch, baseUrl } = connection;
  const { url, ...init } = request;
  try {
    const response = await deadline.within(
      // Do not follow a redirect: it would send the token to another host.
      fetch(url, { ...init, redirect: "manual", signal: deadline.signal }),
    );
    const { status, headers } = response;
    return {
      status,
      isRedirect: response.type === "opaqueredirect" || (status >= 300 && status < 400),
      contentType: headers.get("content-type"),
      location: headers.get("location"),
      proxy: response.proxy,
      requestId: headers.get("x-request-id") ?? undefined,
      retryAfter: headers.get("retry-after"),
      text: await deadline.within(response.text()),
    };
  } catch (error) {
    throw connectionError(error, { operation: call.operation, baseUrl, isRepeatable: isRepeatable(call) });
  }
}

function timeoutError({ baseUrl, timeoutMs }: Connection, call: Call, isSent: boolean): ProjoError {
  const { operation } = call;
  const mayHaveBeenCarriedOut = isSent && !isRepeatable(call);
  const outcome = mayHaveBeenCarriedOut
    ? " The server may have carried it out. Check its effect before you repeat it."
    : "";
  return new ProjoTimeoutError(`${operation} took longer than ${timeoutMs} ms at ${baseUrl}.${outcome}`, {
    operation,
    code: "TIMEOUT",
    mayHaveBeenCarriedOut,
  });
}
