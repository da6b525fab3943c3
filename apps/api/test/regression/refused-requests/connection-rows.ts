// Requests that are not HTTP/1.1, and requests whose first line or headers the server refuses.
import { get, type Refusal, type Row } from "./row.ts";

const malformed = (message: string): Refusal => ({ reason: "request.malformed", message, closes: true });

const HEADER =
  "A header has a character that is not allowed in headers, or a line that is not a header. Correct the headers.";

const METHOD =
  "The request does not begin with an HTTP method such as GET or POST. Send it with an HTTP client.";

const URL_ENCODING =
  "The URL contains a character that must be percent-encoded, such as a space. Encode the input with encodeURIComponent.";

const VERSION =
  "The first line of the request must end with HTTP/1.1 and a line break of CR and LF. Send the request with an HTTP client.";

const LONG_HEADERS: Refusal = {
  reason: "request.headers_too_large",
  message: "The headers are larger than the 16 KB that the server accepts. Send fewer or shorter headers.",
  closes: true,
};

const LONG_URL: Refusal = {
  reason: "request.url_too_long",
  message: "The URL is longer than the 16 KB that the server accepts. Send a shorter input.",
  closes: true,
};
export const connectionRows: readonly Row[] = [
  [
    "a TLS handshake",
    () => Buffer.from("16030100c8010000c40303", "hex"),
    malformed(
      "This port speaks HTTP, and the request began with a TLS handshake. Use a URL that begins with http://, or put a proxy that ends TLS before the server.",
    ),
  ],
  [
    "the preface of HTTP/2",
    () => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    malformed(
      "This port speaks HTTP/1.1, and the request began as HTTP/2. Use HTTP/1.1, or put a proxy before the server.",
    ),
  ],
  [
    "a tunnel",
    () => "CONNECT example.com:443 HTTP/1.1\r\nhost: example.com\r\n\r\n",
    malformed(
      "This server is not a proxy, so it opens no tunnel for CONNECT. Send the request to the server directly.",
    ),
  ],
  ["text that is not HTTP", () => "hello there\r\n\r\n", malformed(METHOD)],
  ["an unknown method", () => "FOO /livez HTTP/1.1\r\nhost: test\r\n\r\n", malformed(METHOD)],
  ["a method in lower case", () => "get /livez HTTP/1.1\r\nhost: test\r\n\r\n", malformed(METHOD)],
  ["HTTP/3.0", () => "GET /livez HTTP/3.0\r\nhost: test\r\n\r\n", malformed(VERSION)],
  ["lines that end with LF", () => "GET /livez HTTP/1.1\nhost: test\n\n", malformed(VERSION)],
  ["a space in the URL", () => get('/trpc/tasks.list?input={"a": 1}'), malformed(URL_ENCODING)],
  ["a letter é in the URL", () => get('/trpc/tasks.list?input={"a":"é"}'), malformed(URL_ENCODING)],
  ["a header with a space in its name", () => get("/livez", ["bad name: 1"]), malformed(HEADER)],
  ["a header without a colon", () => get("/livez", ["nonsense"]), malformed(HEADER)],
  ["a NUL in a header", () => get("/livez", ["a: b\0c"]), malformed(HEADER)],
  [
    "no Host header",
    () => "GET /trpc/system.health HTTP/1.1\r\n\r\n",
    malformed("The request has no Host header. Add one: HTTP/1.1 requires it."),
  ],
  ["17 KB in one header", () => get("/livez", [`x-a: ${"x".repeat(17_000)}`]), LONG_HEADERS],
  [
    "17 KB in 340 headers",
    () =>
      get(
        "/trpc/system.health",
        Array.from({ length: 340 }, (_, n) => `x-${n}: ${"x".repeat(45)}`),
      ),
    LONG_HEADERS,
  ],
  ["a URL of 17 KB", () => get(`/trpc/tasks.list?input=${"x".repeat(17_000)}`), LONG_URL],
  ["a path of 17 KB", () => get(`/trpc/${"x".repeat(17_000)}`), LONG_URL],
  [
    "an unknown expectation",
    () => get("/livez", ["expect: wonders"]),
    {
      reason: "request.expectation",
      message:
        "The server supports only the expectation 100-continue. Send the request without another Expect header.",
      closes: true,
    },
  ],
];
