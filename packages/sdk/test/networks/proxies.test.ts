// Clients behind a real proxy on loopback.
import { createServer as createSecureServer } from "node:https";
import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { inspect } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { createClient, isProjoError, type Client } from "../../src/index.ts";
import { createNodeFetch, type NodeFetchOptions } from "../../src/node.ts";
import { proxyFor } from "../../src/node/proxy-for.ts";
import { data, neverAnswer, startServer } from "../test-server.ts";
import { hasOpenssl, makeCertificates, type Certificates } from "./certificates.ts";
import { startProxy } from "./proxy-server.ts";

const task = { id: "t" };
const needsOpenssl = hasOpenssl || process.env["CI"] === "true";

let certificates: Certificates;
beforeAll(() => {
  if (needsOpenssl) certificates = makeCertificates();
});
afterAll(() => certificates?.remove());
afterEach(() => vi.unstubAllEnvs());

const clientOf = (baseUrl: string, options: NodeFetchOptions): Client =>
  createClient({ baseUrl, token: "pja_secret", fetch: createNodeFetch(options), maxRetries: 0 });
const getTask = (client: Client) => client.tasks.get({ id: "t" });
const createTask = (client: Client) => client.tasks.create({ projectId: "p", title: "Über" });

async function failureOf(call: Promise<unknown>): Promise<{ message: string; failure?: string }> {
  try {
    await call;
  } catch (error) {
    if (isProjoError(error)) return error;
    throw error;
  }
  throw new Error("The call did not fail.");
}

/** Starts a server with a certificate of the private authority, for localhost. @returns its URL */
async function startSecureServer(answer: unknown = task): Promise<string> {
  const server = createSecureServer(certificates.valid, (_, response) => {
    response.end(JSON.stringify({ result: { data: answer } }));
  });
  return `https://localhost:${await listen(server)}`;
}

async function listen(server: Server): Promise<number> {
  const open = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  );
  return (server.address() as AddressInfo).port;
}

const withPassword = (url: string) => url.replace("://", "://ann:hidden-password@");

const chosen = (url: string, env: Record<string, string>) => proxyFor(url, env)?.origin;

describe("a client behind a proxy", () => {
  it("sends an http request through HTTP_PROXY", async () => {
    const [proxy, server] = [await startProxy(), await startServer(data(task))];
    const client = clientOf(server.url, { env: { HTTP_PROXY: proxy.url } });
    expect(await getTask(client)).toEqual(task);
    await createTask(client);
    expect(proxy.targets).toEqual([
      `${server.url}/trpc/tasks.get?input=${encodeURIComponent('{"id":"t"}')}`,
      `${server.url}/trpc/tasks.create`,
    ]);
    expect(server.requests[1]).toMatchObject({ method: "POST", input: { projectId: "p", title: "Über" } });
    expect(server.requests[1]?.headers).toMatchObject({
      authorization: "Bearer pja_secret",
      host: new URL(server.url).host,
    });
    expect(server.requests[1]?.headers["proxy-authorization"]).toBeUndefined();
  });

  it("reads the environment of the process by default, and sends nothing to the proxy for hosts in NO_PROXY", async () => {
    const [proxy, server] = [await startProxy(), await startServer(data(task))];
    vi.stubEnv("HTTP_PROXY", proxy.url);
    const client = createClient({ baseUrl: server.url });
    await getTask(client);
    expect(proxy.targets).toHaveLength(1);
    vi.stubEnv("NO_PROXY", "example.com,127.0.0.1");
    await getTask(client);
    expect(proxy.targets).toHaveLength(1);
    expect(server.requests).toHaveLength(2);
  });

  it.runIf(needsOpenssl)(
    "sends an https request through a tunnel of HTTPS_PROXY, encrypted to the server",
    async () => {
      const [proxy, url] = [await startProxy(), await startSecureServer()];
      const client = clientOf(url, { env: { HTTPS_PROXY: proxy.url }, ca: certificates.ca });
      const answers = await Promise.all(Array.from({ length: 20 }, () => getTask(client)));
      expect(answers).toEqual(Array.from({ length: 20 }, () => task));
      expect(new Set(proxy.targets)).toEqual(new Set([new URL(url).host]));
      await getTask(client);
      // An idle connection is used again.
      expect(proxy.targets.length).toBeLessThanOrEqual(20);
    },
  );

  it.runIf(needsOpenssl)("reaches a proxy by TLS", async () => {
    const [proxy, url] = [await startProxy({ tls: certificates.valid }), await startSecureServer()];
    const env = { https_proxy: proxy.url.replace("127.0.0.1", "localhost") };
    expect(await getTask(clientOf(url, { env, ca: certificates.ca }))).toEqual(task);
    expect(proxy.targets).toEqual([new URL(url).host]);
    expect(await failureOf(getTask(clientOf(url, { env })))).toMatchObject({
      failure: "certificate_untrusted",
      message: expect.stringContaining(`The certificate of the proxy ${env.https_proxy}`),
    });
  });

  it.runIf(needsOpenssl)(
    "sends the credentials in the URL of the proxy, percent-decoded, to the proxy alone",
    async () => {
      const proxy = await startProxy({ credentials: "ann:p@ss/wörd%" });
      const url = proxy.url.replace("://", "://ann:p%40ss%2Fw%C3%B6rd%25@");
      const plain = await startServer(data(task));
      await getTask(clientOf(plain.url, { env: { http_proxy: url } }));
      await getTask(clientOf(await startSecureServer(), { env: { https_proxy: url }, ca: certificates.ca }));
      expect(proxy.targets).toHaveLength(2);
      expect(JSON.stringify(plain.requests)).not.toContain("proxy-authorization");
    },
  );
});

describe("a failure of the proxy", () => {
  const https = "https://projo.example";
  const cases: readonly (readonly [string, Parameters<typeof startProxy>[0], string, RegExp])[] = [
    [
      "no credentials",
      { credentials: "a:b" },
      "proxy_refused",
      /PROXY_STATUS_407\)\. Put the user name and the password/,
    ],
    [
      "a forbidden host",
      { refusal: 403 },
      "proxy_refused",
      /PROXY_STATUS_403\)\. Ask the operator of the proxy/,
    ],
    [
      "an unreachable server",
      { refusal: 502 },
      "proxy_refused",
      /PROXY_STATUS_502\)\. Check the host and the port/,
    ],
    ["a closed connection", { isClosing: true }, "proxy_refused", /PROXY_CLOSED\)\. Ask the operator/],
  ];
  it.each(cases)(
    "is named with its cause and without the password: %s",
    async (_, options, failure, text) => {
      const proxy = await startProxy(options);
      const client = clientOf(https, { env: { HTTPS_PROXY: withPassword(proxy.url) } });
      const error = await failureOf(createTask(client));
      expect(error).toMatchObject({ code: "CONNECTION_FAILED", failure, mayHaveBeenCarriedOut: false });
      expect(error.message).toContain(`The proxy ${proxy.url} refused the connection to ${https}`);
      expect(error.message).toMatch(text);
      expect(inspect(error, { depth: null, showHidden: true })).not.toMatch(/hidden-password|pja_secret/);
    },
  );

  it("the error names a proxy of an http request that requires a login", async () => {
    const [proxy, server] = [await startProxy({ credentials: "a:b" }), await startServer(data(task))];
    const error = await failureOf(createTask(clientOf(server.url, { env: { HTTP_PROXY: proxy.url } })));
    expect(error.message).toContain(
      `407 without a ProjoStack response: the proxy ${proxy.url} requires a login`,
    );
    expect(error).toMatchObject({ mayHaveBeenCarriedOut: false });
    expect(server.requests).toEqual([]);
  });

  it.each(["http://server.example", https])(
    "is named when there is no proxy at its address: %s",
    async (url) => {
      const gone = createServer();
      const port = await listen(gone);
      await new Promise((resolve) => void gone.close(resolve));
      for (const host of ["127.0.0.1", "localhost"]) {
        const client = clientOf(url, { env: { ALL_PROXY: `${host}:${port}` } });
        const error = await failureOf(createTask(client));
        expect(error).toMatchObject({ failure: "proxy_unreachable", mayHaveBeenCarriedOut: false });
        expect(error.message).toContain(
          `Cannot reach the proxy http://${host}:${port} on the way to ${url} (ECONNREFUSED)`,
        );
        expect(error.message).toContain("NO_PROXY");
      }
    },
  );

  it("the error names a proxy variable with another kind of URL", async () => {
    for (const [name, value] of [
      ["all_proxy", "socks5://ann:hidden-password@127.0.0.1:1080"],
      ["HTTPS_PROXY", "http://ann:hidden password@:x"],
    ] as const) {
      const error = await failureOf(getTask(clientOf(https, { env: { [name]: value } })));
      expect(error.message).toBe(
        `The proxy in ${name} is not an http or https URL. Set HTTPS_PROXY or HTTP_PROXY to the http or https URL of a proxy.`,
      );
      expect(inspect(error)).not.toContain("hidden");
    }
  });

  it("is named when its URL begins with https:// and it has no TLS", async () => {
    const proxy = await startProxy();
    const url = proxy.url.replace("http:", "https:");
    for (const target of [https, "http://server.example"]) {
      const error = await failureOf(createTask(clientOf(target, { env: { ALL_PROXY: url } })));
      expect(error).toMatchObject({ failure: "not_tls", mayHaveBeenCarriedOut: false });
      expect(error.message).toMatch(
        /^The proxy https:\S+ does not speak TLS \(\w+\)\. Check the port of the proxy/,
      );
      expect(error.message).toContain("begin its URL with http://");
    }
  });

  it.each(["http://server.example", https])("is named when it closes the TLS handshake: %s", async (url) => {
    const port = await listen(createServer((socket) => void socket.once("data", () => socket.end())));
    const error = await failureOf(
      createTask(clientOf(url, { env: { ALL_PROXY: `https://127.0.0.1:${port}` } })),
    );
    expect(error).toMatchObject({ mayHaveBeenCarriedOut: false });
    expect(error.message).toContain(`proxy https://127.0.0.1:${port}`);
    expect(error.message).not.toContain("baseUrl");
    expect(error.message).not.toContain("the server");
  });

  it.runIf(needsOpenssl)("is named when its certificate is not valid", async () => {
    const expected = [
      [certificates.otherHost, "Set the URL of the proxy to a host name of the certificate."],
      [certificates.expired, "has expired"],
      [certificates.selfSigned, "is not from a certificate authority that this program trusts"],
    ] as const;
    for (const [tls, text] of expected) {
      const proxy = await startProxy({ tls });
      const all_proxy = proxy.url.replace("127.0.0.1", "localhost");
      for (const url of ["http://server.example", https]) {
        const error = await failureOf(getTask(clientOf(url, { env: { all_proxy }, ca: certificates.ca })));
        expect(error.message).toContain(`The certificate of the proxy ${all_proxy} `);
        expect(error.message).toContain(text);
      }
    }
  });

  it("leaves no connection to the proxy when the call ends before the tunnel opens", async () => {
    let open = 0;
    const silent = createServer((socket) => {
      open += 1;
      socket.resume();
      socket.on("error", () => {}).on("close", () => (open -= 1));
    });
    const port = await listen(silent);
    const client = clientOf(https, { env: { HTTPS_PROXY: `127.0.0.1:${port}` } });
    await expect(client.tasks.get({ id: "t" }, { timeoutMs: 300 })).rejects.toMatchObject({
      code: "TIMEOUT",
    });
    await vi.waitFor(() => expect(open).toBe(0), 10_000);
  });

  it("the error says that a mutation through the proxy may have been carried out", async () => {
    const [proxy, server] = [await startProxy(), await startServer(neverAnswer)];
    const client = clientOf(server.url, { env: { HTTP_PROXY: proxy.url } });
    const error = await failureOf(client.tasks.create({ projectId: "p", title: "t" }, { timeoutMs: 1000 }));
    expect(error).toMatchObject({ code: "TIMEOUT", mayHaveBeenCarriedOut: true });
  });
});

describe("the choice of the proxy", () => {
  const all = { HTTP_PROXY: "http://a", HTTPS_PROXY: "http://b", ALL_PROXY: "http://c" };

  it("depends on the protocol of the server, with ALL_PROXY for the rest", () => {
    expect(chosen("http://x", all)).toBe("http://a");
    expect(chosen("https://x", all)).toBe("http://b");
    expect(chosen("https://x", { HTTP_PROXY: "http://a", ALL_PROXY: "http://c" })).toBe("http://c");
    expect(chosen("https://x", { HTTP_PROXY: "http://a" })).toBeUndefined();
  });

  it("prefers the lower-case variable and ignores an empty one", () => {
    expect(chosen("http://x", { http_proxy: "http://low", HTTP_PROXY: "http://up" })).toBe("http://low");
    expect(chosen("http://x", { http_proxy: "", HTTP_PROXY: "http://up" })).toBe("http://up");
    expect(chosen("http://x", { http_proxy: " ", HTTP_PROXY: "" })).toBeUndefined();
  });

  it("ignores HTTP_PROXY in a CGI program, where a client can set it", () => {
    expect(chosen("http://x", { HTTP_PROXY: "http://evil", REQUEST_METHOD: "GET" })).toBeUndefined();
  });

  it.each([
    ["*", "http://any.example", true],
    ["example.com", "http://example.com", true],
    ["example.com", "http://api.example.com", true],
    ["example.com", "http://notexample.com", false],
    [".example.com", "http://api.example.com", true],
    ["*.example.com", "http://api.example.com", true],
    ["EXAMPLE.com", "http://Example.COM:80", true],
    ["a.example b.example", "http://b.example", true],
    ["a.example, b.example", "http://b.example", true],
    ["example.com:8080", "http://example.com:8080", true],
    ["example.com:8080", "http://example.com", false],
    ["example.com:443", "https://example.com", true],
    ["127.0.0.1", "http://127.0.0.1:4000", true],
    ["127.0.0.1", "http://127.0.0.11:4000", false],
    ["0.0.1", "http://127.0.0.1:4000", false],
    ["10.0.0.0/8", "http://10.255.0.1", true],
    ["10.0.0.0/8", "http://11.0.0.1", false],
    ["0.0.0.0/0", "http://11.0.0.1", true],
    ["10.0.0.0/33", "http://10.0.0.1", false],
    ["10.0.0.0/8", "http://ten.example", false],
    ["::1", "http://[::1]:4000", true],
    ["[::1]", "http://[::1]:4000", true],
    ["[::1]:4000", "http://[::1]:4000", true],
    ["[::1]:4001", "http://[::1]:4000", false],
    ["", "http://x", false],
    [" , ", "http://x", false],
  ])("by NO_PROXY=%s for %s: no proxy is %s", (list, url, isExempt) => {
    for (const name of ["no_proxy", "NO_PROXY"])
      expect(chosen(url, { ...all, [name]: list }) === undefined).toBe(isExempt);
  });
});
