// Starts the connection handling of the API server with a request handler from the test: without a database, with small bounds.
import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { readConfig } from "../../src/config/config.ts";
import type { ConnectionBounds } from "../../src/config/connection-bounds.ts";
import { createIsTrusted } from "../../src/http/address-of.ts";
import { answerSocket } from "../../src/http/connections/answer-socket.ts";
import { Failure } from "../../src/rpc/failures/failure.ts";
import type { LingerBounds } from "../../src/http/connections/close-in-stages.ts";
import { watchConnections, type Connections } from "../../src/http/connections/connections.ts";
import { handleServerErrors } from "../../src/http/connections/handle-server-errors.ts";
import { createLog } from "../../src/runtime/log.ts";

export interface BareServer {
  readonly url: string;
  readonly server: Server;
  readonly connections: Connections;
  readonly logLines: readonly string[];
  close(): Promise<void>;
}

export interface BareOptions {
  readonly bounds?: Partial<ConnectionBounds>;
  readonly trustedProxies?: readonly string[];
  readonly slowestBytesPerMs?: number;
  readonly linger?: LingerBounds;
}

export async function startBareServer(
  handle: RequestListener,
  { bounds = {}, trustedProxies = [], ...more }: BareOptions = {},
): Promise<BareServer> {
  const logLines: string[] = [];
  const destination = { write: (line: string) => void logLines.push(line) };
  const server = createServer();
  const log = createLog({ level: "info", pretty: false, destination });
  handleServerErrors(server, log);
  const connections = watchConnections(server, {
    bounds: { ...readConfig({}).connections, ...bounds },
    ...more,
    isTrusted: createIsTrusted(trustedProxies),
    log,
    refuse: (socket, reason) =>
      answerSocket(socket, new Failure(reason, { retryAfterSeconds: 2 }), {
        requestId: "refused",
        headers: {},
      }),
  });
  server.on("request", (request, response) => {
    connections.of(request.socket)?.take(response, () => handle(request, response));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    server,
    connections,
    logLines,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
