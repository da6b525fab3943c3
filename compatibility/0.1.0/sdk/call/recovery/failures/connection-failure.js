import { ProjoConnectionError } from "../given.js";
import { safeCause } from "./safe-cause.js";
export function connectionError(error, request) {
    const { operation, baseUrl, isRepeatable, secrets } = request;
    const { code, phase, proxy } = detailsOf(error);
    const failure = failureOf(code, { phase, hasProxy: proxy !== undefined });
    const mayHaveBeenCarriedOut = !isRepeatable && afterSending.has(failure);
    const subject = { baseUrl, isRepeatable, proxy, code };
    const what = describe(failure, subject);
    return new ProjoConnectionError(mayHaveBeenCarriedOut ? what : `${what} ${adviceFor(failure, subject)}`, {
        operation,
        code: "CONNECTION_FAILED",
        failure,
        systemCode: code,
        mayHaveBeenCarriedOut,
        cause: safeCause(error, secrets),
    });
}
/** The failures after which the request may have reached the server. All others happen before it is sent. */
const afterSending = new Set([
    "connection_lost",
    "response_damaged",
    "unknown",
]);
function detailsOf(error) {
    const found = chainOf(error);
    const field = (name) => found.map((from) => from[name]).find((value) => typeof value === "string");
    const codes = found
        .map(({ code }) => (typeof code === "string" && /^[A-Z][A-Z0-9_]*$/.test(code) ? code : ""))
        .filter((code) => code !== "");
    return {
        // A wrapper of fetch may put a code of its own around that of the system. The Fetch standard blocks the ports of some
        // protocols, and the error of Node.js for that has no code.
        code: codes.find((code) => failures[code] !== undefined) ??
            codes[0] ??
            (found.some(({ message }) => message === "bad port") ? "BAD_PORT" : undefined),
        phase: phaseOf(found, field("syscall")),
        proxy: field("proxy"),
    };
}
/** Returns the error and its causes, the outermost first. */
function chainOf(error) {
    const found = [];
    for (let next = error; isObject(next) && found.length < 5; next = next["cause"])
        found.push(next);
    return found;
}
function phaseOf(found, syscall) {
    // If several addresses were tried, the errors of all of them are in an AggregateError.
    if (syscall === "connect" || found.some(({ errors }) => Array.isArray(errors)))
        return "connect";
    // Node.js adds the address to the error of a connection that closes before the end of the TLS handshake.
    const isHandshake = found.some((from) => from["code"] === "ECONNRESET" && "host" in from && "port" in from);
    return syscall === undefined && isHandshake ? "handshake" : undefined;
}
function failureOf(code, { phase, hasProxy }) {
    if (code === undefined)
        return "unknown";
    if (code.startsWith("PROXY_"))
        return "proxy_refused";
    const known = failures[code];
    if (hasProxy && (known === "unreachable" || known === "unknown_host" || known === "not_http"))
        return "proxy_unreachable";
    if (known !== undefined)
        return known;
    if (code.startsWith("CERT_"))
        return "certificate_untrusted";
    if (/^(?:Z_|HPE_|ERR_BROTLI|ERR__)/.test(code))
        return "response_damaged";
    if (phase === "handshake" || code.startsWith("ERR_SSL_") || code.startsWith("ERR_TLS_"))
        return "tls_failed";
    if (phase === "connect")
        return hasProxy ? "proxy_unreachable" : "unreachable";
    return "connection_lost";
}
const failures = {
    ECONNREFUSED: "unreachable",
    EHOSTUNREACH: "unreachable",
    ENETUNREACH: "unreachable",
    EADDRNOTAVAIL: "unreachable",
    UND_ERR_CONNECT_TIMEOUT: "unreachable",
    ENOTFOUND: "unknown_host",
    EAI_AGAIN: "unknown_host",
    EAI_FAIL: "unknown_host",
    BAD_PORT: "port_blocked",
    HPE_INVALID_CONSTANT: "not_http",
    ERR_SSL_WRONG_VERSION_NUMBER: "not_tls",
    ERR_SSL_PACKET_LENGTH_TOO_LONG: "not_tls",
    EPROTO: "not_tls",
    DEPTH_ZERO_SELF_SIGNED_CERT: "certificate_untrusted",
    SELF_SIGNED_CERT_IN_CHAIN: "certificate_untrusted",
    UNABLE_TO_GET_ISSUER_CERT: "certificate_untrusted",
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "certificate_untrusted",
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: "certificate_untrusted",
    CERT_HAS_EXPIRED: "certificate_expired",
    CERT_NOT_YET_VALID: "certificate_expired",
    ERR_TLS_CERT_ALTNAME_INVALID: "certificate_of_another_host",
};
/** What happened, in one sentence. */
function describe(failure, { baseUrl, code, proxy, isRepeatable }) {
    const by = code === undefined ? "" : ` (${code})`;
    // Certificates and the handshake are those of the proxy, if the way to it uses TLS too.
    const peer = proxy === undefined ? baseUrl : `the proxy ${proxy}`;
    switch (failure) {
        case "unreachable":
            return `Cannot reach ${baseUrl}${by}.`;
        case "unknown_host":
            if (code === "EAI_AGAIN")
                return `The DNS does not answer for the host of ${baseUrl}${by}.`;
            return `There is no address for the host of ${baseUrl}${by}.`;
        case "port_blocked":
            return `The port of ${baseUrl} belongs to another protocol, so fetch does not use it.`;
        case "not_http":
            return `The program at ${baseUrl} does not speak HTTP${by}.`;
        case "not_tls":
            return proxy === undefined
                ? `The program at ${baseUrl} does not speak TLS${by}.`
                : `The proxy ${proxy} does not speak TLS${by}.`;
        case "tls_failed":
            return `The TLS handshake with ${peer} failed${by}.`;
        case "certificate_untrusted":
            return `The certificate of ${peer} is not from a certificate authority that this program trusts${by}.`;
        case "certificate_expired":
            return code === "CERT_NOT_YET_VALID"
                ? `The certificate of ${peer} is not valid yet${by}.`
                : `The certificate of ${peer} has expired${by}.`;
        case "certificate_of_another_host":
            return `The certificate of ${peer} is for another host name${by}.`;
        case "proxy_unreachable":
            return `Cannot reach the proxy ${proxy} on the way to ${baseUrl}${by}.`;
        case "proxy_refused":
            if (code === "PROXY_UNSUPPORTED")
                return `The proxy ${proxy} is not an http or https URL.`;
            return `The proxy ${proxy} refused the connection to ${baseUrl}${by}.`;
        case "response_damaged":
            return `The response of ${baseUrl} is damaged${by}.`;
        case "connection_lost":
            return `The connection to ${baseUrl} was lost before the response was complete${by}.`;
        default:
            return isRepeatable
                ? `Cannot reach ${baseUrl}.`
                : `Cannot reach ${baseUrl}, or the connection was lost before the response was complete.`;
    }
}
/** What to do, in one sentence or two. */
function adviceFor(failure, { baseUrl, code }) {
    if (failure === "connection_lost")
        return baseUrl.startsWith("http:")
            ? "Repeat the call. If it fails again, check whether the server expects an https URL."
            : "Repeat the call.";
    return advice[failure]?.(code) ?? "Check that the server is running and that baseUrl is correct.";
}
const advice = {
    unknown_host: () => "Check the host name in baseUrl, and the DNS of this network.",
    port_blocked: () => "Check the port in baseUrl.",
    not_http: () => "Check the port in baseUrl.",
    not_tls: () => "Check the port in baseUrl, or use an http URL if the server has no TLS.",
    response_damaged: () => "Check the proxies between this program and the server.",
    tls_failed: () => "Check the TLS settings of the server, and whether it requires a client certificate.",
    certificate_untrusted: () => "If this certificate is expected, set NODE_EXTRA_CA_CERTS to the file of its certificate authority before the program starts.",
    certificate_expired: () => "Renew the certificate, or correct the clock of this machine.",
    certificate_of_another_host: () => "Set baseUrl to a host name of the certificate.",
    proxy_unreachable: () => "Check HTTPS_PROXY and HTTP_PROXY, or add the host of the server to NO_PROXY if it needs no proxy.",
    proxy_refused: (code) => proxyAdvice[code ?? ""] ??
        "Ask the operator of the proxy to allow this host and port, or add the host to NO_PROXY if it needs no proxy.",
};
const proxyAdvice = {
    PROXY_STATUS_407: "Put the user name and the password into the URL of the proxy, percent-encoded.",
    PROXY_STATUS_502: "Check the host and the port in baseUrl: the proxy cannot reach them.",
    PROXY_STATUS_503: "Check the host and the port in baseUrl: the proxy cannot reach them.",
    PROXY_STATUS_504: "Check the host and the port in baseUrl: the proxy cannot reach them.",
    PROXY_UNSUPPORTED: "Set HTTPS_PROXY or HTTP_PROXY to the http or https URL of a proxy.",
};
function isObject(value) {
    return typeof value === "object" && value !== null;
}
