import { onAbort } from "../call/on-abort.ts";
import { loadRecovery } from "../call/load-recovery.ts";
import { systemClock } from "../clock.ts";
import { ProjoError } from "../errors.ts";
import type { Connection } from "../options.ts";
import { platform, type FetchedResponse, type Signal } from "../platform.ts";
import type { TransportOptions } from "./transport-options.ts";

/** A fetch for the links of @trpc/client that uses the fetch of the connection. Its requests count for `maxConcurrency`. */
export function createTransportFetch(connection: Connection): TransportOptions["fetch"] {
  const { baseUrl, places } = connection;
  return async (url, init = {}) => {
    const { method = "GET", headers, body } = init;
    const { AbortController } = platform();
    const signal = init.signal ?? new AbortController().signal;
    const operation = operationOf(String(url), baseUrl);
    const within = <T>(work: T | Promise<T>) => Promise.race([work, rejectOnAbort(signal)]);
    const leave = await places.enter({ signal, within });
    try {
      const response = await reported(connection, { operation, method, url: String(url) }, () =>
        connection.fetch(String(url), {
          method,
          headers: headers as Record<string, string>,
          ...(typeof body === "string" ? { body } : {}),
          ...(connection.session === undefined ? {} : { credentials: "include" }),
          // Do not follow a redirect: it would send the token to another host.
          redirect: "manual",
          signal,
        }),
      );
      checkResponse(response, { operation, baseUrl, method });
      return asTrpcResponse(response);
    } finally {
      leave();
    }
  };
}

function rejectOnAbort(signal: Signal): Promise<never> {
  return new Promise((_, reject) => void onAbort(signal, () => reject(new Error("The call has ended."))));
}

interface SentRequest {
  readonly operation: string;
  readonly method: string;
  readonly url: string;
}

/** Reports the request and its response to the hooks. The duration ends with the headers of the response. */
async function reported(
  { hooks }: Connection,
  { operation, method, url }: SentRequest,
  send: () => Promise<FetchedResponse>,
): Promise<FetchedResponse> {
  const event = { operation, attempt: 1, url: url.replace(/\?.*/, "") };
  const recovery = hooks && (await loadRecovery());
  const end = hooks && recovery?.observe(hooks, event, systemClock);
  let response: FetchedResponse | undefined;
  try {
    response = await send();
    return response;
  } finally {
    end?.({
      status: response?.status,
      requestId: response?.headers.get("x-request-id") ?? undefined,
      mayHaveBeenCarriedOut: response === undefined && method !== "GET",
    });
  }
}

type TrpcResponse = Awaited<ReturnType<TransportOptions["fetch"]>>;

/** The response with the members that the links use. The stream of a replaced `fetch` may be missing. */
function asTrpcResponse(response: FetchedResponse & { readonly body?: unknown }): TrpcResponse {
  const { status, headers } = response;
  return {
    ok: status >= 200 && status < 300,
    status,
    headers,
    get body() {
      return response.body ?? streamOf(response);
    },
    json: async () => JSON.parse(await response.text()) as unknown,
  } as TrpcResponse;
}

interface StreamController {
  enqueue(chunk: Uint8Array): void;
  close(): void;
}

interface StreamGlobals {
  readonly ReadableStream: new (source: { start(controller: StreamController): Promise<void> }) => unknown;
  readonly TextEncoder: new () => { encode(text: string): Uint8Array };
}

/** A stream with the whole text, for a fetch whose response has no stream. */
function streamOf(response: FetchedResponse): unknown {
  const { ReadableStream, TextEncoder } = globalThis as unknown as StreamGlobals;
  return new ReadableStream({
    start: async (controller) => {
      controller.enqueue(new TextEncoder().encode(await response.text()));
      controller.close();
    },
  });
}

interface Sent {
  readonly operation: string;
  readonly baseUrl: string;
  readonly method: string;
}

/** Refuses a response that does not come from the server. @throws ProjoError */
function checkResponse(
  { status, type, headers }: FetchedResponse,
  { operation, baseUrl, method }: Sent,
): void {
  const isRedirect = type === "opaqueredirect" || (status >= 300 && status < 400);
  const contentType = headers.get("content-type");
  if (!isRedirect && contentType !== null && /^application\/json/i.test(contentType)) return;
  const what = isRedirect
    ? `${baseUrl} redirects to another address. Use that address as baseUrl.`
    : `${baseUrl} answered ${operation} with status ${status} and no JSON, so the response is not the server's. Check baseUrl, and the proxies before the server.`;
  throw new ProjoError(what, {
    operation,
    code: "UNEXPECTED_ANSWER",
    status: status === 0 ? undefined : status,
    mayHaveBeenCarriedOut: method !== "GET" && status >= 500,
  });
}

/** Returns the names of the called operations. */
function operationOf(url: string, baseUrl: string): string {
  const [path = ""] = url.slice(`${baseUrl}/trpc/`.length).split("?", 1);
  return path;
}
