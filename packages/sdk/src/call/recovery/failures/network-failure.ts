// Distinguishes a network failure of a caller's fetch from a bug in it. The runtime's own fetch is not examined: it fails for
// the network only. docs/guides/errors.md describes the rule.

const names = /^(?:NetworkError|TimeoutError|AbortError)$/;

/** Codes of sockets, DNS, TLS, HTTP parsers and decompression, of Node.js, undici, Bun, node-fetch, axios and this SDK. */
const codes =
  /^(?:E(?:CONN|HOST|NET|ADDR|AI_|PIPE|PROTO|NOTFOUND|NOTCONN|TIMEDOUT|SOCKET|[MN]FILE)|UND_ERR_(?!INVALID|NOT_SUP|CLOSED|DESTROYED)|ERR_(?:NETWORK|SSL|TLS|HTTP2_(?!INVALID)|SOCKET|STREAM_PREMATURE|BROTLI|_)|HPE_|Z_|CERT_|PROXY_|DEPTH_|SELF_|UNABLE_|UNKNOWN_CERT|Connection|FailedToOpen)/;

/** The beginnings of messages of runtimes that report no code. */
const messages =
  /^(?:fetch failed|failed to fetch|load failed|network ?error|network (?:request|connection)|the (?:network|internet) connection|could not connect|unable to connect|terminated$|error (?:sending|reading|in input)|socket hang up|premature close|other side closed|the socket connection)/i;

/** Messages of a TypeError that the JavaScript engine, or an API of the runtime, throws for a bug. */
const bugs =
  /\bis (?:not (?:an? |iterable|async|callable|defined)|undefined|null)|^(?:cannot|can't|class |assignment|invalid|illegal|converting|cyclic|reduce|iterator|the "|the '|failed to (?:parse|execute|construct)|body |response )|already (?:read|used|been)|unusable|locked|disturbed|must be/i;

/** Returns true when the error, one of its causes or one of its aggregated errors is a failure of the network. */
export function isNetworkFailure(error: unknown, depth = 0): boolean {
  if (typeof error !== "object" || error === null || depth > 4) return false;
  const { name, code, type, syscall, message, cause, errors } = error as Record<string, unknown>;
  const inner: readonly unknown[] = [cause].concat(Array.isArray(errors) ? errors : []);
  return (
    names.test(String(name)) ||
    codes.test(String(code)) ||
    // node-fetch marks failures of the system, and the operating system's calls have a name.
    type === "system" ||
    /^(?:connect|read|write|getaddrinfo)$/.test(String(syscall)) ||
    messages.test(String(message)) ||
    // The Fetch standard reports each network error as a TypeError. Its message is free.
    (name === "TypeError" && code === undefined && cause === undefined && !bugs.test(String(message))) ||
    inner.some((next) => isNetworkFailure(next, depth + 1))
  );
}
