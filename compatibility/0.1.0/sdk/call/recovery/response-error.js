import { explainForeignResponse, explainRedirect } from "./failures/explain-response.js";
import { ProjoError } from "./given.js";
import { IN_PROGRESS } from "./retry.js";
export function responseError(response, body, { operation, baseUrl, isRepeatable, now }) {
    const { status, requestId, isRedirect } = response;
    const retryAfterSeconds = readRetryAfter(response.headers.get("retry-after"), now);
    const fields = { operation, status: status === 0 ? undefined : status, requestId, retryAfterSeconds };
    const error = body?.error;
    const data = isObject(error) ? error["data"] : undefined;
    if (status < 400 || !isObject(error) || !isObject(data) || typeof data["code"] !== "string") {
        const explain = isRedirect ? explainRedirect : explainForeignResponse;
        return new ProjoError(explain(response, baseUrl), {
            ...fields,
            code: "UNEXPECTED_ANSWER",
            // A proxy answers in place of the server, also after it has forwarded the request. A refusal is an answer before that.
            mayHaveBeenCarriedOut: !isRepeatable && !isRedirect && (status < 400 || status >= 500),
        });
    }
    const reason = text(data["reason"]);
    return new ProjoError(text(error["message"]) ?? `${operation} failed.`, {
        ...fields,
        code: data["code"],
        reason,
        requestId: text(data["requestId"]) ?? requestId,
        retryAfterSeconds: seconds(data["retryAfter"]) ?? retryAfterSeconds,
        fieldErrors: readFieldErrors(data["fieldErrors"]),
        current: isObject(data["current"]) ? data["current"] : undefined,
        // The server may lose its database after the COMMIT, and it may carry out an earlier attempt at this moment.
        mayHaveBeenCarriedOut: !isRepeatable && (status >= 500 || reason === IN_PROGRESS),
    });
}
/** Parses Retry-After, which is a number of seconds or a date (RFC 9110 10.2.3). @returns seconds */
function readRetryAfter(header, now) {
    if (header === null)
        return undefined;
    if (/^\d+$/.test(header))
        return Number(header);
    const at = Date.parse(header);
    return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - now) / 1000));
}
function readFieldErrors(value) {
    if (!isObject(value))
        return undefined;
    return Object.fromEntries(Object.entries(value).map(([field, messages]) => [
        field,
        Array.isArray(messages) ? messages.filter((message) => typeof message === "string") : [],
    ]));
}
function isObject(value) {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
function text(value) {
    return typeof value === "string" ? value : undefined;
}
function seconds(value) {
    return typeof value === "number" && value >= 0 ? value : undefined;
}
