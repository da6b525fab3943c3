import type { CallOptions, Connection } from "../options.ts";
import { checkToken } from "../session/token-store.ts";

export interface Request {
  readonly url: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
}

interface Asked {
  readonly operation: string;
  readonly kind: "query" | "mutation";
  readonly input: unknown;
  readonly options: CallOptions;
}

/** What goes over the wire. @throws TypeError when a header or the input cannot */
export function requestOf(connection: Connection, asked: Asked, token: string | undefined): Request {
  const { operation, kind, input, options } = asked;
  const url = `${connection.baseUrl}/trpc/${operation}`;
  const headers = headersOf(connection, options, token);
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

function headersOf(
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

/** Headers that say who calls, or what is sent, have one place each, and it is not here. */
const ownHeaders = new Set([
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
      if (ownHeaders.has(lower)) {
        throw new TypeError(
          `The header ${lower} is the SDK's own. Use token, tokens or workspaceId instead.`,
        );
      }
      if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name) || !/^[\t\x20-\x7e]*$/.test(value)) {
        throw new TypeError("A header of options.headers holds characters that no header may have.");
      }
      return [lower, value];
    }),
  );
}
