// A gateway before a server, as a company has it: it can be slow, and limit requests.
import { createServer, request } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";

export interface SlowGateway {
  readonly url: string;
  /** The time before each request is forwarded. */
  delayMs: number;
  /** The number of next requests that it refuses with 429: as the server does, or as another program. */
  refusals: number;
  refusesAsServer: boolean;
  /** The Retry-After of a refusal, in seconds. */
  retryAfterSeconds: number;
  /** The operations of the requests that have arrived. */
  readonly arrived: string[];
  close: () => Promise<void>;
}

export async function startSlowGateway(serverUrl: string): Promise<SlowGateway> {
  const server = createServer((incoming, outgoing) => {
    const path = incoming.url ?? "/";
    gateway.arrived.push(/\/trpc\/([^?]*)/.exec(path)?.[1] ?? path);
    if (gateway.refusals > 0) {
      gateway.refusals -= 1;
      const { retryAfterSeconds: seconds, refusesAsServer } = gateway;
      const type = refusesAsServer ? "application/json" : "text/plain";
      // A client that still sends its request could lose an answer that comes before the end of the request.
      incoming.resume().once("end", () => {
        outgoing.writeHead(429, { "retry-after": String(seconds), "content-type": type });
        outgoing.end(refusesAsServer ? JSON.stringify(limitExceeded(seconds)) : "Too many requests.");
      });
      return;
    }
    setTimeout(() => {
      const { method, headers } = incoming;
      const forwarded = request(new URL(path, serverUrl), { method, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      forwarded.on("error", () => outgoing.destroy());
      outgoing.on("error", () => forwarded.destroy());
      incoming.pipe(forwarded);
    }, gateway.delayMs);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const gateway: SlowGateway = {
    url: `http://127.0.0.1:${port}`,
    delayMs: 0,
    refusals: 0,
    refusesAsServer: false,
    retryAfterSeconds: 2,
    arrived: [],
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return gateway;
}

const limitExceeded = (retryAfter: number) => ({
  error: {
    message: "Too many requests.",
    code: -32029,
    data: {
      code: "TOO_MANY_REQUESTS",
      httpStatus: 429,
      reason: "limit.exceeded",
      requestId: "-",
      retryAfter,
    },
  },
});
