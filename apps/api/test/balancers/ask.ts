import { request } from "node:https";
import { text } from "node:stream/consumers";
import type { IncomingHttpHeaders } from "node:http";
import type { Balancer } from "../kit/index.ts";

export interface Ask {
  readonly method?: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The address of the client, on loopback. */
  readonly from?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Sends a request over TLS on a connection of its own. */
export async function ask(
  { url, ca }: Pick<Balancer, "url" | "ca">,
  path: string,
  { method = "GET", headers = {}, body, from }: Ask = {},
): Promise<Answer> {
  const address = from === undefined ? {} : { localAddress: from, family: 4 };
  const sent = request(new URL(path, url), { method, headers, ca, agent: false, ...address });
  const response = new Promise<Answer>((resolve, reject) => {
    sent.once("error", reject).once("response", (received) => {
      text(received).then(
        (read) => resolve({ status: received.statusCode ?? 0, headers: received.headers, text: read }),
        reject,
      );
    });
  });
  sent.end(body);
  return response;
}
