// A real HTTP proxy: it opens tunnels (CONNECT), forwards http requests, and records both.
import {
  createServer,
  request as forward,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createSecureServer } from "node:https";
import { connect, type AddressInfo, type Socket } from "node:net";
import { onTestFinished } from "vitest";

export interface ProxyOptions {
  /** The user name and password that the proxy requires, joined by a colon. */
  readonly credentials?: string;
  /** The status of every answer. */
  readonly refusal?: number;
  /** Closes every connection without an answer. */
  readonly isClosing?: boolean;
  /** The key and certificate of a proxy that is reached by TLS. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** The address that names in tunnels stand for. Default: 127.0.0.1. */
  readonly address?: string;
}

export interface ProxyServer {
  readonly url: string;
  readonly port: number;
  /** The targets: the authority of a tunnel, or the URL of a forwarded request. */
  readonly targets: readonly string[];
}

export async function startProxy(options: ProxyOptions = {}): Promise<ProxyServer> {
  const targets: string[] = [];
  const server = options.tls ? createSecureServer(options.tls) : createServer();
  const sockets = track(server);
  server.on("connect", (request: IncomingMessage, client: Socket) => {
    targets.push(request.url ?? "");
    const refusal = refusalOf(request, options);
    if (refusal === "close") client.destroy();
    else if (refusal !== undefined) client.end(`HTTP/1.1 ${refusal} No\r\ncontent-length: 2\r\n\r\nno`);
    else openTunnel(request.url ?? "", { client, sockets, options });
  });
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    targets.push(request.url ?? "");
    const refusal = refusalOf(request, options);
    if (refusal === "close") response.socket?.destroy();
    else if (refusal !== undefined)
      response.writeHead(refusal, { "content-type": "text/html" }).end("<html>");
    else forwardRequest(request, response);
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  );
  return { url: `${options.tls ? "https" : "http"}://127.0.0.1:${port}`, port, targets };
}

function track(server: Server): Set<Socket> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
  });
  return sockets;
}

function refusalOf(request: IncomingMessage, { credentials, refusal, isClosing }: ProxyOptions) {
  if (isClosing) return "close";
  if (refusal !== undefined) return refusal;
  if (credentials === undefined) return undefined;
  const expected = `Basic ${Buffer.from(credentials).toString("base64")}`;
  return request.headers["proxy-authorization"] === expected ? undefined : 407;
}

interface Tunnel {
  readonly client: Socket;
  readonly sockets: Set<Socket>;
  readonly options: ProxyOptions;
}

function openTunnel(authority: string, { client, sockets, options }: Tunnel): void {
  const port = Number(/:(\d+)$/.exec(authority)?.[1]);
  const onward = connect(port, options.address ?? "127.0.0.1", () => {
    client.write("HTTP/1.1 200 Connection established\r\n\r\n");
    client.pipe(onward).pipe(client);
  });
  sockets.add(onward);
  onward.on("error", () => void client.end("HTTP/1.1 502 Bad gateway\r\n\r\n"));
  onward.on("close", () => client.destroy());
  client.on("close", () => onward.destroy());
}

function forwardRequest(request: IncomingMessage, response: ServerResponse): void {
  const { method, headers, url = "" } = request;
  const { "proxy-authorization": _, ...forwarded } = headers;
  const onward = forward(url, { method, headers: forwarded }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.on("error", () => void response.writeHead(502, { "content-type": "text/html" }).end("<html>"));
  request.pipe(onward);
}
