import { once } from "node:events";
import { request, type IncomingMessage } from "node:http";
import { text as textOf } from "node:stream/consumers";

export interface RawAnswer {
  readonly status: number;
  readonly setCookie: readonly string[];
  readonly vary: string | undefined;
  readonly reason: string | undefined;
  readonly text: string;
}

/** Sends a request with exactly these headers, also those that `fetch` sets itself. */
export async function rawCall(
  url: string,
  path: string,
  headers: Readonly<Record<string, string | string[]>>,
  body?: string,
): Promise<RawAnswer> {
  const method = body === undefined ? "GET" : "POST";
  const sent = request(`${url}/trpc/${path}`, { method, headers: { ...headers } });
  sent.end(body);
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  const text = await textOf(answer);
  return {
    status: answer.statusCode ?? 0,
    setCookie: answer.headers["set-cookie"] ?? [],
    vary: answer.headers.vary,
    reason: /"reason":"([\w.]+)"/.exec(text)?.[1],
    text,
  };
}
