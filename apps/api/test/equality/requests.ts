import type { Kind } from "@projostack/contract";
import type { Sent } from "./exchange.ts";

export interface As {
  readonly token?: string | undefined;
  readonly workspaceId?: string | undefined;
}

/** Returns a call or a batch in the form in which the SDK sends it. */
export function requestOf(kind: Kind, names: string | readonly string[], input: unknown, as: As = {}): Sent {
  const json = input === undefined ? "" : JSON.stringify(input);
  const headers = headersOf(as);
  const path = `/trpc/${typeof names === "string" ? names : names.join(",")}`;
  const batch = typeof names === "string" ? [] : ["batch=1"];
  const query = kind === "query" && json !== "" ? [`input=${encodeURIComponent(json)}`] : [];
  const search = [...batch, ...query].join("&");
  const address = search === "" ? path : `${path}?${search}`;
  return kind === "query"
    ? { method: "GET", path: address, headers }
    : {
        method: "POST",
        path: address,
        headers: { "content-type": "application/json", ...headers },
        body: json,
      };
}

export const headersOf = ({ token, workspaceId }: As): Record<string, string> => ({
  ...(token === undefined ? {} : credentialOf(token)),
  ...(workspaceId === undefined ? {} : { "x-workspace-id": workspaceId }),
});

/** Sends the token of a session cookie in cookie mode, and any other token as a bearer token. */
const credentialOf = (token: string): Record<string, string> =>
  token.startsWith("pjs_")
    ? { "x-session": "cookie", cookie: COOKIE_NAMES.map((name) => `${name}=${token}`).join("; ") }
    : { authorization: `Bearer ${token}` };

/** A server with an address of its own uses the first name, and a server on this machine the second one. */
const COOKIE_NAMES = ["__Host-projo_session", "projo_session"];
