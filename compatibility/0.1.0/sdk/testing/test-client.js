// A client whose calls are answered in memory. Everything except the network is the real client: validation, sessions,
// retries, pages and errors. The casts connect an operation whose name is known at run
// time with the types of its input and its answer.
import { createMethods, sendWith } from "../client.js";
import { systemClock } from "../clock.js";
import { isProjoError } from "../errors.js";
import { isOperationName } from "../operation-name.js";
import { checkOptions } from "../options.js";
import { platform, runtimeFetch } from "../platform.js";
import { isConnectionFailure } from "./failures.js";
export function createTestClient(answers, options = {}) {
    const calls = [];
    const send = sendWith({ ...systemClock, random: () => 0, sleep: async () => undefined });
    // Each call has a fetch of its own, which answers it.
    const connection = checkOptions({ baseUrl: "http://projo.test", ...options, fetch: runtimeFetch });
    const client = createMethods(connection, async (call) => {
        let isRecorded = false;
        // An error of the test itself, such as a failed assertion in a handler, reaches the caller unchanged.
        let mistake;
        const fetch = async (url, init) => {
            const received = readRequest(url, init);
            if (received.operation === call.name && !isRecorded) {
                isRecorded = true;
                calls.push(received);
            }
            try {
                return response(200, { result: { data: await answerOf(answers, received) } });
            }
            catch (error) {
                if (isConnectionFailure(error))
                    throw error;
                if (isProjoError(error) && error.status !== undefined)
                    return errorResponse(error, error.status);
                mistake = { error };
                return errorResponse(undefined, 400);
            }
        };
        try {
            return await send({ ...call, connection: { ...call.connection, fetch } });
        }
        catch (error) {
            throw mistake === undefined ? error : mistake.error;
        }
    });
    return Object.defineProperty(client, "calls", { value: calls });
}
function readRequest(url, init) {
    const { pathname, search } = new (platform().URL)(url);
    const operation = pathname.slice(pathname.lastIndexOf("/") + 1);
    if (!isOperationName(operation))
        throw new Error(`The test client received a request for ${operation}.`);
    const json = init.body ?? decodeURIComponent(search.replace("?input=", ""));
    const input = json === "" ? {} : JSON.parse(json);
    const parsed = input;
    return { operation, input: parsed, workspaceId: init.headers["x-workspace-id"], headers: init.headers };
}
async function answerOf(answers, call) {
    const answer = answers[call.operation];
    if (answer === undefined) {
        throw new Error(`The test client has no answer for ${call.operation}. Pass one: createTestClient({ "${call.operation}": ... }).`);
    }
    const outcome = typeof answer === "function" ? await answer(call.input, call) : answer;
    if (outcome instanceof Error)
        throw outcome;
    return outcome;
}
function errorResponse(error, status) {
    const { message = "", code = "BAD_REQUEST", reason, fieldErrors, requestId } = error ?? {};
    const data = {
        code,
        httpStatus: status,
        reason,
        requestId,
        retryAfter: error?.retryAfterSeconds,
        fieldErrors,
    };
    return response(status, { error: { message, code: -32_000, data } });
}
function response(status, body) {
    const headers = {
        "content-type": "application/json",
        "x-request-id": "test",
    };
    return {
        status,
        headers: { get: (name) => headers[name.toLowerCase()] ?? null },
        text: async () => JSON.stringify(body),
    };
}
