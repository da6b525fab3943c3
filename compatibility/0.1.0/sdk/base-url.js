import { platform } from "./platform.js";
/**
 * Validates the URL and removes a trailing slash. In a browser, resolves a relative URL against the origin of the page.
 *
 * @throws TypeError whose message does not contain the URL
 */
export function parseBaseUrl(baseUrl) {
    const text = typeof baseUrl === "object" ? baseUrl?.href : baseUrl;
    if (typeof text !== "string") {
        throw new TypeError("Set baseUrl to the URL of the server, such as http://127.0.0.1:4000.");
    }
    const isRelative = text === "" || text.startsWith("/");
    const url = parse(text, isRelative);
    if (!url || !/^https?:$/.test(url.protocol)) {
        const hint = isRelative
            ? "Only a browser resolves a relative URL."
            : "It begins with http:// or https://.";
        throw new TypeError(`baseUrl must be an absolute http or https URL. ${hint}`);
    }
    if (url.username + url.password + url.search + url.hash !== "") {
        throw new TypeError("baseUrl must not contain a user name, a password, a query or a fragment.");
    }
    const path = url.pathname.replace(/\/+$/, "");
    if (/\/trpc(?:\/[\w.]+)?$/.test(path)) {
        throw new TypeError('Remove "/trpc" and what follows it from baseUrl. The SDK appends it.');
    }
    return url.origin + path;
}
function parse(text, isRelative) {
    const { URL, location } = platform();
    try {
        return new URL(text, isRelative ? location?.origin : undefined);
    }
    catch {
        // Drop the runtime's error: its message quotes the text, which may contain a password.
        return undefined;
    }
}
