// Serves /metrics on an address of its own, for Prometheus. It has no other path, and it needs no credential: the address must
// be reachable for Prometheus alone.
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Metrics } from "./metrics.ts";

export interface MetricsServer {
  /** Such as `http://127.0.0.1:9464/metrics`. */
  readonly url: string;
  close(): Promise<void>;
}

export interface MetricsAddress {
  readonly host: string;
  readonly port: number;
}

/** The address of PROJO_METRICS_PORT cannot be used. */
export class MetricsAddressError extends Error {
  override readonly name = "MetricsAddressError";
}

/** @throws MetricsAddressError */
export async function startMetricsServer(
  metrics: Metrics,
  { host, port }: MetricsAddress,
): Promise<MetricsServer> {
  const server = createServer(
    { requestTimeout: 5_000, headersTimeout: 5_000, maxHeaderSize: 8_192 },
    (request, response) => {
      void answer(metrics, request, response);
    },
  );
  server.maxConnections = 20;
  server.listen({ host, port });
  await once(server, "listening").catch((cause: Error) => {
    throw new MetricsAddressError(
      `/metrics cannot be served on ${host} port ${port} (${cause.message}). Choose another PROJO_METRICS_PORT or PROJO_METRICS_HOST.`,
      { cause },
    );
  });
  const actual = (server.address() as AddressInfo).port;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${actual}/metrics`,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(
  metrics: Metrics,
  { method, url }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (url?.split("?", 1)[0] !== "/metrics") return end(response, 404, "Nothing is here. Read /metrics.\n");
  if (method !== "GET" && method !== "HEAD") {
    response.setHeader("allow", "GET, HEAD");
    return end(response, 405, "Read /metrics with GET.\n");
  }
  const text = await metrics.text();
  response.setHeader("content-type", metrics.contentType);
  end(response, 200, method === "HEAD" ? "" : text);
}

function end(response: ServerResponse, status: number, text: string): void {
  if (!response.hasHeader("content-type")) response.setHeader("content-type", "text/plain; charset=utf-8");
  response.writeHead(status, { "cache-control": "no-store", "content-length": Buffer.byteLength(text) });
  response.end(text);
}
