// Reads a response.
import { ProjoError } from "../errors.js";
import { loadRecovery } from "./load-recovery.js";
/** Returns the data of a successful response. @throws ProjoError for any other response */
export async function readResponse(response, context) {
    const { operation, isRepeatable } = context;
    const { status, requestId, isRedirect } = response;
    const body = isRedirect ? undefined : parseEnvelope(response.text);
    if (status >= 200 && status < 300 && body?.result)
        return body.result.data;
    const recovery = await loadRecovery();
    const { message = `${operation} failed with status ${status}.`, data } = body?.error ?? {};
    throw (recovery?.responseError(response, body, context) ??
        new ProjoError(message, {
            operation,
            code: data?.code ?? "UNEXPECTED_ANSWER",
            reason: data?.reason,
            status,
            requestId,
            mayHaveBeenCarriedOut: !isRepeatable && (status < 400 || status >= 500),
        }));
}
function parseEnvelope(json) {
    try {
        return JSON.parse(json) ?? undefined;
    }
    catch {
        // The text is not JSON. The error says so.
        return undefined;
    }
}
