// Explains a response that is not from this API. It shows the status and, of a redirect, the origin of its target. The rest of
// the response may contain secrets.
import { platform } from "../given.js";
/** Describes a redirect. Redirects are not followed, because they could send the token to another server. */
export function explainRedirect({ headers }, baseUrl) {
    const [own, target] = [parse(baseUrl), parse(headers.get("location") ?? "", baseUrl)];
    // Browsers hide the target of a redirect.
    if (target === undefined || own === undefined || target.origin === own.origin) {
        return `${baseUrl} redirects to another address. Set baseUrl to the final address. Redirects are not followed.`;
    }
    const isUpgrade = own.protocol === "http:" && target.protocol === "https:" && target.hostname === own.hostname;
    return isUpgrade
        ? `${baseUrl} redirects to ${target.origin}: the server expects https. Set baseUrl to the https URL.`
        : `${baseUrl} redirects to another address, at ${target.origin}. Set baseUrl to the final address, or sign in to the network if it is a login page.`;
}
/** Describes a response that is not in the form of this API. */
export function explainForeignResponse(response, baseUrl) {
    return `${baseUrl} returned status ${response.status} without a ProjoStack response: ${causeOf(response, baseUrl)}`;
}
function causeOf(response, baseUrl) {
    const { status, headers, text, proxy } = response;
    const through = proxy === undefined ? "a proxy" : `the proxy ${proxy}`;
    const byStatus = causes[status >= 520 && status < 530 ? 502 : status];
    if (byStatus !== undefined)
        return byStatus(through);
    if (status === 400 && /\bhttps\b/i.test(text) && baseUrl.startsWith("http:"))
        return "the server expects https. Set baseUrl to the https URL.";
    if (text === "")
        return "the response is empty. Check that baseUrl is correct and that no proxy is in between.";
    if (/\bhtml\b/i.test(headers.get("content-type") ?? "") || /^\s*<(?:!doctype|html)/i.test(text))
        return "it is a web page. Check that baseUrl is correct and that no proxy or login page is in between.";
    return "another program answered. Check that baseUrl is correct and that no proxy is in between.";
}
/** The causes of statuses that say more than the rest of the response. Cloudflare's 520 to 529 are variants of 502. */
const causes = {
    401: (proxy) => `${proxy} in front of the server requires a login. Use an address that does not.`,
    404: () => "there is no such path. Check the path of baseUrl, and that no proxy is in between.",
    407: (proxy) => `${proxy} requires a login. Put the user name and the password into the URL of the proxy.`,
    413: (proxy) => `${proxy} refuses requests of this size. Ask its operator to allow 100 KB.`,
    429: (proxy) => `${proxy} limits the calls. Try again later.`,
    502: (proxy) => `${proxy} got no answer from the server. Try again later.`,
    503: (proxy) => `${proxy} has no server available. Try again later.`,
    504: (proxy) => `${proxy} got no answer from the server. Try again later.`,
    511: () => "this network requires a login. Open a web page in a browser and sign in.",
};
function parse(text, base) {
    try {
        return new (platform().URL)(text, base);
    }
    catch {
        // The text is not a URL. The message then names no target.
        return undefined;
    }
}
