import { CallbackError } from "./given.js";
import { readTraceparent } from "./traceparent.js";
/**
 * Returns the headers of the client and of one call, which override them.
 *
 * @throws TypeError for an invalid header
 * @throws CallbackError when a function of the options fails
 */
export async function extraHeaders(client, call) {
    const trace = call.traceparent ?? client.traceparent;
    const traceparent = trace === undefined ? undefined : readTraceparent(trace);
    return {
        ...readHeaders(await askHeaders(client.headers)),
        ...readHeaders(await askHeaders(call.headers)),
        ...(traceparent === undefined ? {} : { traceparent }),
    };
}
async function askHeaders(headers) {
    if (typeof headers !== "function")
        return headers;
    try {
        return await headers();
    }
    catch (thrown) {
        throw new CallbackError("The function headers of the client's options failed.", { thrown });
    }
}
/** Headers that the SDK sets from other options. */
const reservedHeaders = new Set([
    "authorization",
    "cookie",
    "content-type",
    "content-length",
    "host",
    "x-workspace-id",
    "idempotency-key",
]);
/** Returns the headers with names in lower case. @throws TypeError whose message does not contain a value */
function readHeaders(headers) {
    return Object.fromEntries(pairsOf(headers ?? {}).map((pair) => {
        const [name, value] = Array.from(Array.isArray(pair) ? pair : []);
        if (typeof name !== "string" || !/^[\w!#$%&'*+.^`|~-]+$/.test(name))
            throw invalid("A name in headers");
        const lower = name.toLowerCase();
        if (reservedHeaders.has(lower)) {
            throw new TypeError(`The header ${lower} is set by the SDK. Use token, tokens, workspaceId or idempotencyKey instead.`);
        }
        if (typeof value !== "string" || !/^[\t\x20-\x7e]*$/.test(value))
            throw invalid(`The header ${lower}`);
        return [lower, value];
    }));
}
function pairsOf(headers) {
    if (typeof headers === "object" && headers !== null) {
        return Symbol.iterator in headers ? Array.from(headers) : Object.entries(headers);
    }
    throw new TypeError("headers must be a plain object, a Headers object, or pairs.");
}
const invalid = (what) => new TypeError(`${what} must be a string of printable ASCII. Correct it, or omit it.`);
