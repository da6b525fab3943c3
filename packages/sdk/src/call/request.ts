import type { CallOptions, Connection } from "../options.ts";
import { checkToken } from "../session/token-store.ts";

export interface Request {
  readonly url: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
}

interface RequestInput {
  readonly operation: string;
  readonly kind: "query" | "mutation";
  readonly input: unknown;
  readonly options: CallOptions;
}

/** Builds the HTTP request. @throws TypeError when a header is invalid or the input cannot be serialized */
export function buildRequest(
  connection: Connection,
  request: RequestInput,
  token: string | undefined,
): Request {
  const { operation, kind, input, options } = request;
  const url = `${connection.baseUrl}/trpc/${operation}`;
  const headers = buildHeaders(connection, options, token);
  if (kind === "query") {
    const query = input === undefined ? "" : `?input=${encodeURIComponent(JSON.stringify(input))}`;
    return { url: url + query, method: "GET", headers };
  }
  return {
    url,
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify(input ?? {}),
  };
}

function buildHeaders(
  { workspaceId, userAgent }: Connection,
  options: CallOptions,
  token: string | undefined,
): Record<string, string> {
  const own = {
    accept: "application/json",
    ...(token === undefined ? {} : { authorization: `Bearer ${checkToken(token)}` }),
    ...(workspaceId === undefined ? {} : { "x-workspace-id": workspaceId }),
    ...(userAgent === undefined ? {} : { "user-agent": userAgent }),
  };
  return { ...checkHeaders(options.headers ?? {}), ...own };
}

/** Headers that the SDK sets from other options, so that CallOptions.headers must not contain them. */
const reservedHeaders = new Set([
  "authorization",
  "cookie",
  "content-type",
  "content-length",
  "host",
  "x-workspace-id",
]);

function checkHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      const lower = name.toLowerCase();
      if (reservedHeaders.has(lower)) {
        throw new TypeError(
          `The header ${lower} is set by the SDK. Use token, tokens or workspaceId instead.`,
        );
      }
      if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name) || !/^[\t\x20-\x7e]*$/.test(value)) {
        throw new TypeError(
          "A header in options.headers contains characters that are invalid in a header. Use printable ASCII.",
        );
      }
      return [lower, value];
    }),
  );
}
