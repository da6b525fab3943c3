// Sends one HTTP request and reads its response.
import { CallbackError } from "./callback-error.ts";
import type { Deadline } from "./deadline.ts";
import type { Connection } from "../options.ts";
import { ProjoConnectionError } from "../errors.ts";
import { loadRecovery } from "./load-recovery.ts";
import { defaultFetch } from "../server-part.ts";
import type { FetchedResponse } from "../platform.ts";
import type { RawResponse } from "./raw-response.ts";
import type { Request } from "./request.ts";

export interface Exchange {
  readonly operation: string;
  readonly input: unknown;
  readonly request: Request;
  /** True for a query, and for a mutation whose repetition has no further effect. */
  readonly isRepeatable: boolean;
}

/** @throws ProjoConnectionError, or CallbackError when the caller's fetch failed for another reason than the network */
export async function exchange(
  { fetch, baseUrl }: Connection,
  deadline: Deadline,
  { operation, input, request, isRepeatable }: Exchange,
): Promise<RawResponse> {
  const { url, ...init } = request;
  try {
    const response = await deadline.within(
      // Do not follow a redirect: it would send the token to another host.
      fetch(url, { ...init, redirect: "manual", signal: deadline.signal }),
    );
    return await readRaw(response, deadline);
  } catch (error) {
    if (deadline.signal.aborted || error instanceof CallbackError) throw error;
    const isRuntimeFetch = fetch === defaultFetch;
    const failed = { operation, baseUrl, isRepeatable, isRuntimeFetch, request, input };
    const recovery = await deadline.within(loadRecovery());
    throw (
      recovery?.fetchFailure(error, failed) ??
      new ProjoConnectionError(`Cannot reach ${baseUrl}.`, {
        operation,
        code: "CONNECTION_FAILED",
        mayHaveBeenCarriedOut: !isRepeatable,
      })
    );
  }
}

async function readRaw(response: FetchedResponse, deadline: Deadline): Promise<RawResponse> {
  // The types do not allow another value, but a program in JavaScript may return it.
  const { status, headers } = response ?? {};
  if (typeof status !== "number" || !headers?.get || !response.text || response.bodyUsed)
    throw new CallbackError(
      `The function fetch of the client's options returned ${response?.bodyUsed ? "a response whose body is already read" : "no response"}.`,
    );
  const text: unknown = await deadline.within(response.text());
  if (typeof text !== "string")
    throw new CallbackError("The function fetch of the client's options returned a response without a text.");
  return {
    status,
    headers,
    isRedirect: response.type === "opaqueredirect" || (status >= 300 && status < 400),
    proxy: response.proxy,
    requestId: headers.get("x-request-id") ?? undefined,
    text,
  };
}
