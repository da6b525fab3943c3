/** Null stands for a session that has ended. */
export function formatTokens(tokens) {
    return JSON.stringify({ tokens });
}
/** Returns the tokens, null for a session that has ended, or undefined for a text of another form. */
export function parseTokens(text) {
    // Editors on Windows add a byte order mark.
    const stored = parseJson(text.replace(/^\ufeff/, ""));
    if (!isRecord(stored))
        return undefined;
    const { tokens } = stored;
    return tokens === null || isTokens(tokens) ? tokens : undefined;
}
function parseJson(text) {
    try {
        return JSON.parse(text);
    }
    catch {
        // Drop the runtime's error: its message quotes the text, which may contain a token.
        return undefined;
    }
}
/** Keeps further fields, which a newer version of the SDK may have stored. */
function isTokens(value) {
    if (!isRecord(value) || typeof value["accessToken"] !== "string")
        return false;
    return ["accessTokenExpiresAt", "refreshToken", "sessionId"].every((field) => value[field] === undefined || typeof value[field] === "string");
}
const isRecord = (value) => typeof value === "object" && value !== null;
