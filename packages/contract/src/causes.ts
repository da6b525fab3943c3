// The causes of a failure that have a message of their own, by reason. A program decides by the reason; the message tells a
// person which cause it was. `{name}` stands for a value of the request.
import type { Reason } from "./errors.ts";

export const causes = {
  "request.malformed": {
    tls: "This port speaks HTTP, and the request began with a TLS handshake. Use a URL that begins with http://, or put a proxy that ends TLS before the server.",
    http2:
      "This port speaks HTTP/1.1, and the request began as HTTP/2. Use HTTP/1.1, or put a proxy before the server.",
    tunnel:
      "This server is not a proxy, so it opens no tunnel for CONNECT. Send the request to the server directly.",
    version:
      "The first line of the request must end with HTTP/1.1 and a line break of CR and LF. Send the request with an HTTP client.",
    method:
      "The request does not begin with an HTTP method such as GET or POST. Send it with an HTTP client.",
    url: "The URL contains a character that must be percent-encoded, such as a space. Encode the input with encodeURIComponent.",
    escape: "The path has a malformed percent-encoding. Encode it with encodeURIComponent.",
    host: "The request has no Host header. Add one: HTTP/1.1 requires it.",
    header:
      "A header has a character that is not allowed in headers, or a line that is not a header. Correct the headers.",
    length:
      "The length of the body is ambiguous: the headers content-length and transfer-encoding are wrong or contradict each other. Send one valid content-length.",
    chunk: "A chunk of the body is malformed. Send the body with content-length, or correct the chunks.",
    short:
      "The connection ended before the body was complete. Check content-length, then send the request again.",
  },
  "request.headers_too_large": {
    headers: "The headers are larger than the 16 KB that the server accepts. Send fewer or shorter headers.",
  },
  "input.malformed": {
    json: "The {source} is not valid JSON: {found} at line {line}, character {character}. {hint}",
    end: "The {source} is not valid JSON: it ends too early, after character {length}. Send the whole input.",
    batch:
      'The {source} of a batch must be an object with the input of each call by its position: "0", "1" and so on. Correct it and send it again.',
    utf8: "The {source} is not valid UTF-8. Encode it as UTF-8.",
    utf16: "The {source} looks like UTF-16. Encode it as UTF-8.",
    escape: "The query parameter input has a malformed percent-encoding. Encode it with encodeURIComponent.",
    transformer:
      "The input is encoded by a data transformer such as superjson, and the server uses none. Remove transformer from the links of the client.",
    json_text:
      "The input is a text that contains JSON: it was encoded twice. Send the object itself, and remove transformer from the client if it has one.",
    connection_params:
      "The query parameter connectionParams is not a JSON object of texts. Remove it: the server does not use it.",
  },
  "input.invalid": {
    one: "{subject} {problem}",
    several: "{subject} {problem} fieldErrors lists {more}.",
  },
  "input.media_type": {
    form: "The body is a form, and the server accepts only JSON. Send the fields as a JSON object: with a tRPC client, pass an object in place of FormData.",
    binary:
      "The body is a file or other binary data, and the server accepts only JSON. Send a JSON object with content-type: application/json.",
    charset:
      "The body must be JSON in UTF-8, and content-type names another charset. Encode the body as UTF-8, with content-type: application/json.",
  },
  "input.encoding": {
    transfer:
      "The body has a transfer-encoding that the server does not decode. Send it with content-length, or with transfer-encoding: chunked alone.",
  },
  "operation.not_found": {
    similar: 'There is no operation "{name}". Did you mean {similar}?',
    resource: 'There is no operation "{name}". The operations of {resource} are {operations}.',
    name: 'There is no operation "{name}". Check its name in the reference of operations.',
    batch:
      "There is no operation with a comma in its name. For a batch, add batch=1 to the query of the URL.",
    path: "There is nothing at this path. Send the call to /trpc/{name}.",
    socket:
      "The server has no WebSockets. Send calls over HTTP: with a tRPC client, use httpBatchLink or httpLink in place of wsLink.",
    no_path:
      "There is nothing at this path. Operations are at /trpc/<operation>, such as /trpc/system.health. Check the URL.",
  },
  "operation.wrong_method": {
    query: "{name} is a query. Send it with GET, and its input in the query parameter input.",
    mutation: "{name} is a mutation. Send it with POST, and its input in the body.",
    method: "The server does not support {method} here. Send queries with GET, and mutations with POST.",
    read_only: "The server does not support {method} here. Use GET.",
  },
  "auth.unauthenticated": {
    missing:
      "This call needs a token, and the request has none. Sign in, then send the header authorization: Bearer <access token>.",
    scheme:
      'The authorization header has the wrong form. Write it as "Bearer", a space, and the access token or the service key.',
    repeated: "The request has more than one authorization header. Send one.",
    access: "The access token is invalid or expired, or its session has ended. Refresh it, or sign in.",
    refresh:
      "This is a refresh token, and calls need the access token. Exchange it with auth.refresh, then send the access token.",
    invite:
      "This is the token of an invite, and calls need an access token. Pass it to invites.accept as the input.",
    link: "This is the token of a mailed link, and calls need an access token. Open the link instead.",
    ended: "The refresh token is invalid or expired, or its session has ended. Sign in.",
    cookie: "The session cookie is invalid, or its session has ended. Sign in.",
    no_cookie:
      "This call needs a session, and the request has no session cookie. Sign in with the header x-session: cookie.",
    two_cookies:
      "The request has two session cookies with different values. Delete the cookies of this site, then sign in.",
    session_cookie:
      "This is the token of a session cookie, and the authorization header needs an access token. Send it as the cookie, with x-session: cookie.",
    key: "The service key is wrong, expired or revoked, or its workspace is deleted. Ask an admin of the workspace for a new key.",
  },
  "session.mode_invalid": {
    value: "The header x-session has the only value cookie. Send x-session: cookie, or omit the header.",
    authorization: "The request has both x-session: cookie and an authorization header. Send one of them.",
    refresh:
      "A cookie session is not refreshed by the client: the server replaces its cookie. Repeat the call without auth.refresh.",
  },
  "permission.denied": {
    key: "The role or the scopes of this service key do not allow this. Ask an admin of the workspace for a key with the scope {permission}.",
    rights: "You can give only rights that you hold yourself. Choose a lower role or fewer scopes.",
    role: "You can give only a role up to your own. Choose a lower role.",
    person:
      "Your role in this workspace does not have the permission {permission}. Ask an admin of the workspace.",
  },
  "limit.exceeded": {
    connections:
      "This address has too many open connections, and all of them are busy. Close some, or wait for their responses.",
  },
  "server.busy": {
    deadline:
      "The server could not finish this call in time. A change may still take effect: check before you repeat it.",
    stopping: "The server is stopping. Try again in a moment.",
  },
} as const satisfies Partial<Record<Reason, Readonly<Record<string, string>>>>;

type Causes = typeof causes;

/** The reasons with several causes. */
export type ReasonWithCauses = keyof Causes;

export type CauseOf<R extends ReasonWithCauses> = keyof Causes[R] & string;

type Placeholders<T> = T extends `${string}{${infer Name}}${infer Rest}` ? Name | Placeholders<Rest> : never;

/** The values of a message's placeholders. */
export type ValuesOf<R extends ReasonWithCauses, C extends CauseOf<R>> = Readonly<
  Record<Placeholders<Causes[R][C]>, string | number>
>;

/** Returns the message of a cause with its values. */
export function messageOf<R extends ReasonWithCauses, C extends CauseOf<R>>(
  reason: R,
  cause: C,
  values: ValuesOf<R, C>,
): string {
  const template: unknown = causes[reason][cause];
  const known: Readonly<Record<string, string | number>> = values;
  return String(template).replaceAll(PLACEHOLDER, (text, name: string) => String(known[name] ?? text));
}

const PLACEHOLDER = /\{(\w+)\}/g;
