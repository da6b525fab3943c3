// A `fetch` for Node.js that sends requests through a proxy and can trust more certificate authorities. The runtime's fetch
// reads neither the proxy variables (before Node.js 24) nor certificates that an application passes.
import type { Fetch, FetchedResponse, FetchInit } from "../platform.ts";
import { proxyFor, type Proxy } from "./proxy-for.ts";
import {
  nodeModules,
  nodeProcess,
  parseUrl,
  type Agent,
  type ConnectOptions,
  type Environment,
  type IncomingMessage,
  type NodeModules,
  type RequestOptions,
  type Socket,
} from "./runtime.ts";

export interface NodeFetchOptions {
  /** The variables HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY, in upper or lower case. Default: `process.env`. */
  env?: Environment | undefined;
  /** Certificates in PEM form that are trusted in addition to those of Node.js. */
  ca?: string | undefined;
}

/**
 * Creates a `fetch` for `createClient` on Node.js that honours the proxy variables of the environment. Idle connections do not
 * keep the program running.
 *
 * @example
 * const client = createClient({ baseUrl, fetch: createNodeFetch({ ca: readFileSync("ca.pem", "utf8") }) });
 *
 * @throws TypeError in a runtime other than Node.js
 */
export function createNodeFetch({ env, ca }: NodeFetchOptions = {}): Fetch {
  const modules = nodeModules();
  const trusted = ca === undefined ? undefined : [...modules.tls.rootCertificates, ca];
  const transport: Transport = { modules, ca: trusted, agents: new Map() };
  return (url, init) =>
    new Promise<FetchedResponse>((resolve, reject) => {
      const proxy = proxyFor(url, env ?? nodeProcess()?.env ?? {});
      const request = open(transport, { url, init, proxy });
      request.on("error", (error) => reject(named(error, { url, proxy })));
      request.on("response", (response) => resolve(toResponse(response, proxy)));
      request.end(init.body);
    });
}

interface Transport {
  readonly modules: NodeModules;
  readonly ca: readonly string[] | undefined;
  /** By the protocol of the server and the proxy. */
  readonly agents: Map<string, Agent>;
}

interface Outgoing {
  readonly url: string;
  readonly init: FetchInit;
  readonly proxy: Proxy | undefined;
}

function open(transport: Transport, { url, init, proxy }: Outgoing) {
  const target = parseUrl(url);
  const isSecure = target.protocol === "https:";
  const common = { method: init.method, signal: init.signal, callSignal: init.signal };
  if (proxy !== undefined && !isSecure) {
    // A proxy forwards an http request whose path is the whole URL (RFC 9112, 3.2.2).
    const headers = {
      ...init.headers,
      ...proxyHeaders(transport, proxy),
      host: target.host,
    };
    const agent = agentFor(transport, proxy.protocol, undefined);
    const { request } = moduleFor(transport, proxy.protocol);
    return request({ ...common, host: proxy.host, port: proxy.port, path: url, headers, agent });
  }
  const options: RequestOptions = {
    ...common,
    host: target.hostname.replace(/^\[|\]$/g, ""),
    port: target.port === "" ? (isSecure ? 443 : 80) : target.port,
    path: target.pathname + target.search,
    headers: init.headers,
    agent: agentFor(transport, target.protocol, proxy),
  };
  return moduleFor(transport, target.protocol).request(options);
}

const moduleFor = ({ modules }: Transport, protocol: string) =>
  protocol === "https:" ? modules.https : modules.http;

function agentFor(transport: Transport, protocol: string, proxy: Proxy | undefined): Agent {
  const key = `${protocol} ${proxy?.origin ?? ""} ${proxy?.credentials ?? ""}`;
  const known = transport.agents.get(key);
  if (known) return known;
  const { Agent } = moduleFor(transport, protocol);
  const agent = new Agent({ keepAlive: true, ...(protocol === "https:" && { ca: transport.ca }) });
  if (proxy !== undefined) tunnel(agent, transport, proxy);
  transport.agents.set(key, agent);
  return agent;
}

/** Makes the agent open its connections through a tunnel of the proxy. */
function tunnel(agent: Agent, transport: Transport, proxy: Proxy): void {
  const secure = agent.createConnection.bind(agent);
  agent.createConnection = (options, done) => {
    openTunnel({ transport, proxy, options }, (error, socket) => {
      if (socket === undefined) done(error);
      else done(null, secure({ ...options, socket }, done));
    });
    return undefined;
  };
}

interface Tunnel {
  readonly transport: Transport;
  readonly proxy: Proxy;
  readonly options: ConnectOptions;
}

/** Asks the proxy for a tunnel to the server (RFC 9110, 9.3.6). */
function openTunnel(
  { transport, proxy, options }: Tunnel,
  done: (error: Error | null, socket?: Socket) => void,
): void {
  const { host, port } = options;
  const authority = host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
  const request = moduleFor(transport, proxy.protocol).request({
    host: proxy.host,
    port: proxy.port,
    method: "CONNECT",
    path: authority,
    headers: { host: authority, ...proxyHeaders(transport, proxy) },
    agent: false,
    ca: transport.ca,
    // Without the signal, the connection would stay after the call has ended.
    signal: options.callSignal,
  });
  request.on("error", (error) => done(proxyError(error, proxy)));
  request.on("connect", ({ statusCode = 0 }, socket) => {
    if (statusCode >= 200 && statusCode < 300) {
      done(null, socket);
      return;
    }
    socket.destroy();
    done(proxyError(Object.assign(new Error("No tunnel."), { code: `PROXY_STATUS_${statusCode}` }), proxy));
  });
  request.end();
}

function proxyHeaders({ modules }: Transport, { credentials }: Proxy): Record<string, string> {
  if (credentials === undefined) return {};
  const encoded = modules.Buffer.from(credentials).toString("base64");
  return { "proxy-authorization": `Basic ${encoded}` };
}

/** An error on the way to the proxy. The server has not received the request. */
function proxyError(error: Error, { origin }: Proxy): Error {
  const code = codeOf(error);
  const known = code === undefined || code.startsWith("PROXY_") ? code : (connectCodes[code] ?? code);
  const cause = { code: known ?? "PROXY_FAILED", syscall: "connect", proxy: origin };
  return Object.assign(new Error("The proxy failed."), cause);
}

/** A proxy that closes the connection or does not speak HTTP was reached, but opened no tunnel. */
const connectCodes: Readonly<Record<string, string>> = { ECONNRESET: "PROXY_CLOSED", EPIPE: "PROXY_CLOSED" };

/** Adds the proxy to an error of the connection to it. The connection of an http request goes to the proxy alone. */
function named(error: Error, { url, proxy }: Pick<Outgoing, "url" | "proxy">): Error {
  if (proxy === undefined || "proxy" in error) return error;
  const syscall = "syscall" in error ? error.syscall : undefined;
  const isLost = (syscall === "read" || syscall === "write") && codeOf(error) !== "EPROTO";
  // If several addresses were tried, the error has the errors of all of them and no system call.
  const isConnect = "errors" in error || (syscall !== undefined && syscall !== "read" && syscall !== "write");
  const isAtProxy = parseUrl(url).protocol === "http:" ? !isLost : isConnect;
  return isAtProxy ? Object.assign(error, { proxy: proxy.origin }) : error;
}

const codeOf = (error: Error): string | undefined =>
  "code" in error && typeof error.code === "string" ? error.code : undefined;

function toResponse(response: IncomingMessage, proxy: Proxy | undefined): FetchedResponse {
  // Read at once: an unread body would keep the connection.
  const text = readText(response);
  text.catch(() => undefined);
  return {
    status: response.statusCode ?? 0,
    headers: {
      get: (name) => {
        const value = response.headers[name.toLowerCase()];
        return Array.isArray(value) ? value.join(", ") : (value ?? null);
      },
    },
    proxy: proxy?.origin,
    text: () => text,
  };
}

function readText(response: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    response.setEncoding("utf8");
    response.on("data", (part) => (text += part));
    response.on("end", () => resolve(text));
    response.on("error", reject);
  });
}
