import { onAbort } from "../call/on-abort.js";
import { loadRecovery } from "../call/load-recovery.js";
import { systemClock } from "../clock.js";
import { ProjoError } from "../errors.js";
import { platform } from "../platform.js";
/** A fetch for the links of @trpc/client that uses the fetch of the connection. Its requests count for `maxConcurrency`. */
export function createTransportFetch(connection) {
    const { baseUrl, places } = connection;
    return async (url, init = {}) => {
        const { method = "GET", headers, body } = init;
        const { AbortController } = platform();
        const signal = init.signal ?? new AbortController().signal;
        const operation = operationOf(String(url), baseUrl);
        const within = (work) => Promise.race([work, rejectOnAbort(signal)]);
        const leave = await places.enter({ signal, within });
        try {
            const response = await reported(connection, { operation, method, url: String(url) }, () => connection.fetch(String(url), {
                method,
                headers: headers,
                ...(typeof body === "string" ? { body } : {}),
                ...(connection.session === undefined ? {} : { credentials: "include" }),
                // Do not follow a redirect: it would send the token to another host.
                redirect: "manual",
                signal,
            }));
            checkResponse(response, { operation, baseUrl, method });
            return asTrpcResponse(response);
        }
        finally {
            leave();
        }
    };
}
function rejectOnAbort(signal) {
    return new Promise((_, reject) => void onAbort(signal, () => reject(new Error("The call has ended."))));
}
/** Reports the request and its response to the hooks. The duration ends with the headers of the response. */
async function reported({ hooks }, { operation, method, url }, send) {
    const event = { operation, attempt: 1, url: url.replace(/\?.*/, "") };
    const recovery = hooks && (await loadRecovery());
    const end = hooks && recovery?.observe(hooks, event, systemClock);
    let response;
    try {
        response = await send();
        return response;
    }
    finally {
        end?.({
            status: response?.status,
            requestId: response?.headers.get("x-request-id") ?? undefined,
            mayHaveBeenCarriedOut: response === undefined && method !== "GET",
        });
    }
}
/** The response with the members that the links use. The stream of a replaced `fetch` may be missing. */
function asTrpcResponse(response) {
    const { status, headers } = response;
    return {
        ok: status >= 200 && status < 300,
        status,
        headers,
        get body() {
            return response.body ?? streamOf(response);
        },
        json: async () => JSON.parse(await response.text()),
    };
}
/** A stream with the whole text, for a fetch whose response has no stream. */
function streamOf(response) {
    const { ReadableStream, TextEncoder } = globalThis;
    return new ReadableStream({
        start: async (controller) => {
            controller.enqueue(new TextEncoder().encode(await response.text()));
            controller.close();
        },
    });
}
/** Refuses a response that does not come from the server. @throws ProjoError */
function checkResponse({ status, type, headers }, { operation, baseUrl, method }) {
    const isRedirect = type === "opaqueredirect" || (status >= 300 && status < 400);
    const contentType = headers.get("content-type");
    if (!isRedirect && contentType !== null && /^application\/json/i.test(contentType))
        return;
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
function operationOf(url, baseUrl) {
    const [path = ""] = url.slice(`${baseUrl}/trpc/`.length).split("?", 1);
    return path;
}
