// A gateway in front of a real server. It passes every request on, and can answer as a balancer, a server of another version or a
// broken network does.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";

export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

export interface Behaviour {
  /** The time before a request is passed on. */
  readonly delayMs?: number;
  /** The gateway's own answer, without the server. Undefined passes the request on. */
  readonly instead?: (operation: string) => Answer | undefined;
  /** The operation that the server gets in place of this one, as if it did not know it. */
  readonly passAs?: (operation: string) => string;
  /** Changes the answer of the server. */
  readonly alter?: (answer: Answer, operation: string) => Answer;
  /** Ends the connection after half of the answer. */
  readonly isCut?: boolean;
  /** Reads requests and never answers. */
  readonly isSilent?: boolean;
}

export interface Gateway {
  readonly url: string;
  behaviour: Behaviour;
  /** The operations of the requests that have arrived. */
  readonly arrived: string[];
  close(): Promise<void>;
}

export async function startGateway(target: string): Promise<Gateway> {
  const server = createServer((request, response) => {
    const path = request.url ?? "/";
    const operation = /\/trpc\/([^?]*)/.exec(path)?.[1] ?? path;
    gateway.arrived.push(operation);
    const { delayMs = 0, instead, passAs, alter, isCut = false, isSilent = false } = gateway.behaviour;
    const reply = async () => {
      const body = await buffer(request);
      if (isSilent) return;
      if (delayMs > 0) await delay(delayMs);
      // The client has given up, and the server never gets the request.
      if (response.destroyed) return;
      const own = instead?.(operation);
      const sent = Object.entries(request.headers).flatMap(([name, value]) =>
        CONNECTION_HEADERS.has(name) ? [] : [[name, String(value)] as [string, string]],
      );
      const passed = passAs ? path.replace(operation, passAs(operation)) : path;
      const answer = own ?? (await passOn(`${target}${passed}`, request.method ?? "GET", { sent, body }));
      const { status, headers, body: text } = alter?.(answer, operation) ?? answer;
      const bytes = Buffer.from(text);
      response.writeHead(status, { ...headers, "content-length": bytes.length });
      if (!isCut) response.end(bytes);
      else response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy());
    };
    reply().catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const gateway: Gateway = {
    url: `http://127.0.0.1:${port}`,
    behaviour: {},
    arrived: [],
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return gateway;
}

/** They belong to one connection. */
const CONNECTION_HEADERS = new Set(["host", "connection", "content-length", "accept-encoding"]);

async function passOn(
  url: string,
  method: string,
  { sent, body }: { sent: [string, string][]; body: Buffer },
): Promise<Answer> {
  const init = { method, headers: sent, ...(method === "GET" ? {} : { body: new Uint8Array(body) }) };
  const answer = await fetch(url, init);
  const headers = Object.fromEntries(
    [...answer.headers].filter(
      ([name]) => !/^(?:connection|content-|transfer-encoding|keep-alive)/.test(name),
    ),
  );
  const type = answer.headers.get("content-type");
  return {
    status: answer.status,
    headers: { ...headers, ...(type !== null && { "content-type": type }) },
    body: await answer.text(),
  };
}
