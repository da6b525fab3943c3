import { checkToken } from "../session/token-store.js";
/** Returns the caller's key, or a new one. @throws TypeError for an invalid key */
export function idempotencyKeyOf({ idempotencyKey }, clock) {
    if (idempotencyKey === undefined)
        return clock.newId();
    if (typeof idempotencyKey === "string" && /^[\x21-\x7e]{1,255}$/.test(idempotencyKey))
        return idempotencyKey;
    throw new TypeError("idempotencyKey must be 1 to 255 visible ASCII characters, without spaces.");
}
/** Builds the HTTP request. @throws TypeError when a header is invalid or the input cannot be serialized */
export function buildRequest(connection, request) {
    const { operation, kind, input } = request;
    const url = `${connection.baseUrl}/trpc/${operation}`;
    const common = {
        headers: { ...request.headers, accept: "application/json", ...sdkHeaders(connection, request) },
        // Without this option, browsers send no cookie to a server of another origin.
        ...(connection.session === undefined ? {} : { credentials: "include" }),
    };
    if (kind === "query") {
        const query = input === undefined ? "" : `?input=${encodeURIComponent(JSON.stringify(input))}`;
        return { ...common, url: url + query, method: "GET" };
    }
    return {
        ...common,
        url,
        method: "POST",
        headers: { ...common.headers, "content-type": "application/json" },
        body: JSON.stringify(input ?? {}),
    };
}
/** Returns the headers that a caller cannot replace. @throws TypeError when the token is invalid */
export function sdkHeaders({ workspaceId, session }, { token, idempotencyKey, userAgent }) {
    return {
        ...(token === undefined ? {} : { authorization: `Bearer ${checkToken(token)}` }),
        ...(session === undefined ? {} : { "x-session": session }),
        ...(workspaceId === undefined ? {} : { "x-workspace-id": workspaceId }),
        ...(userAgent === undefined ? {} : { "user-agent": userAgent }),
        ...(idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey }),
    };
}
