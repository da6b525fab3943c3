// Addresses at which there is no ProjoStack server: other certificates, other protocols, other programs. The error names the
// cause and the next step.
import { createServer as createHttpServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { createClient, ProjoError, type Client } from "../../src/index.ts";
import { createNodeFetch } from "../../src/node.ts";
import { data, raw, startServer } from "../test-server.ts";
import { hasOpenssl, makeCertificates, type Certificate, type Certificates } from "./certificates.ts";

const needsOpenssl = hasOpenssl || process.env["CI"] === "true";

let certificates: Certificates;
beforeAll(() => {
  if (needsOpenssl) certificates = makeCertificates();
});
afterAll(() => certificates?.remove());

async function listen(server: Server, host = "127.0.0.1"): Promise<number> {
  const open = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    open.add(socket);
    socket.on("error", () => {}).on("close", () => open.delete(socket));
  });
  await new Promise<void>((resolve, reject) => void server.on("error", reject).listen(0, host, resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  );
  return (server.address() as AddressInfo).port;
}

const createTask = (client: Client) => client.tasks.create({ projectId: "p", title: "t" });

const speak = async (onConnection: (socket: Socket) => void) =>
  `127.0.0.1:${await listen(createServer(onConnection))}`;

async function failureOf(call: Promise<unknown>): Promise<ProjoError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof ProjoError) return error;
    throw error;
  }
  throw new Error("The call did not fail.");
}

/** The two ways to send requests: the runtime's fetch, and the one for proxies and private authorities. */
const ways = [
  ["fetch", undefined],
  ["createNodeFetch", createNodeFetch({ env: {} })],
] as const;

describe.each(ways)("by %s, the error of a mutation", (_, fetch) => {
  const failAt = (baseUrl: string) => failureOf(createTask(createClient({ baseUrl, fetch })));
  it.runIf(needsOpenssl).each([
    [
      "valid",
      "certificate_untrusted",
      "is not from a certificate authority that this program trusts",
      "NODE_EXTRA_CA_CERTS",
    ],
    ["selfSigned", "certificate_untrusted", "is not from a certificate authority", "NODE_EXTRA_CA_CERTS"],
  ] as const)("names a certificate that is not trusted: %s", async (name, failure, what, next) => {
    const server = createSecureServer(certificates[name] satisfies Certificate);
    const error = await failAt(`https://localhost:${await listen(server)}`);
    expect(error).toMatchObject({ failure, mayHaveBeenCarriedOut: false });
    expect(error.message).toContain(what);
    expect(error.message).toContain(next);
  });

  it("names a server that does not speak TLS", async () => {
    for (const greeting of ["SSH-2.0-OpenSSH_9.2\r\n", "220 mail.example ESMTP\r\n"]) {
      const place = await speak((socket) => void socket.write(greeting));
      const error = await failAt(`https://${place}`);
      expect(error).toMatchObject({ failure: "not_tls", mayHaveBeenCarriedOut: false });
      expect(error.message).toContain(`The program at https://${place} does not speak TLS`);
      expect(error.message).toContain("use an http URL");
    }
    const http = createHttpServer((_request, response) => void response.end());
    expect(await failAt(`https://127.0.0.1:${await listen(http)}`)).toMatchObject({ failure: "not_tls" });
  });

  it("names a server that closes the TLS handshake", async () => {
    const place = await speak((socket) => void socket.once("data", () => socket.end()));
    const error = await failAt(`https://${place}`);
    expect(error).toMatchObject({ failure: "tls_failed", mayHaveBeenCarriedOut: false });
    expect(error.message).toContain(`The TLS handshake with https://${place} failed`);
  });

  it("names a server that does not speak HTTP", async () => {
    for (const greeting of ["SSH-2.0-OpenSSH_9.2\r\n", "220 mail.example ESMTP\r\n", "\u0000\u0001\u0002"]) {
      const place = await speak((socket) => void socket.write(greeting));
      const error = await failAt(`http://${place}`);
      expect(error).toMatchObject({ failure: "not_http", mayHaveBeenCarriedOut: false });
      expect(error.message).toContain(`The program at http://${place} does not speak HTTP`);
      expect(error.message).toContain("Check the port");
    }
  });

  it("the error does not exclude the work after a connection that closes without an answer, as PostgreSQL does", async () => {
    const place = await speak((socket) => void socket.once("data", () => socket.end()));
    const error = await failAt(`http://${place}`);
    expect(error).toMatchObject({ failure: "connection_lost", mayHaveBeenCarriedOut: true });
    const get = createClient({ baseUrl: `http://${place}`, fetch }).tasks.get({ id: "t" }, { maxRetries: 0 });
    expect((await failureOf(get)).message).toContain("check whether the server expects an https URL");
  });
});

const at = async (certificate: Certificate) => {
  const server = createSecureServer(certificate, (_, response) => {
    response.end(JSON.stringify({ result: { data: { id: "t" } } }));
  });
  const baseUrl = `https://localhost:${await listen(server)}`;
  return createClient({ baseUrl, fetch: createNodeFetch({ env: {}, ca: certificates.ca }) });
};

describe("createNodeFetch with a certificate authority", () => {
  it.runIf(needsOpenssl)("trusts its certificates", async () => {
    expect(await createTask(await at(certificates.valid))).toEqual({ id: "t" });
  });

  it.runIf(needsOpenssl)("names an expired certificate, and one for another host", async () => {
    const late = await failureOf(createTask(await at(certificates.expired)));
    expect(late).toMatchObject({ failure: "certificate_expired", mayHaveBeenCarriedOut: false });
    expect(late.message).toContain(
      "has expired (CERT_HAS_EXPIRED). Renew the certificate, or correct the clock",
    );
    const other = await failureOf(createTask(await at(certificates.otherHost)));
    expect(other).toMatchObject({ failure: "certificate_of_another_host", mayHaveBeenCarriedOut: false });
    expect(other.message).toContain("is for another host name");
  });
});

describe("a base URL", () => {
  it.each(["", "/", "//"])("may end in %j", async (end) => {
    const server = await startServer(data({ id: "t" }));
    await createTask(createClient({ baseUrl: `${server.url}${end}` }));
    await createTask(createClient({ baseUrl: `${server.url}/api${end}` }));
    expect(server.requests.map(({ path }) => path)).toEqual(["/trpc/tasks.create", "/api/trpc/tasks.create"]);
  });

  it("may have an IPv6 address", async ({ skip }) => {
    const server = createHttpServer((_, response) => void response.end('{"result":{"data":{"id":"t"}}}'));
    const port = await listen(server, "::1").catch(() => skip("This machine has no IPv6 address."));
    for (const fetch of [undefined, createNodeFetch({ env: {} })])
      expect(await createTask(createClient({ baseUrl: `http://[::1]:${port}`, fetch }))).toEqual({ id: "t" });
  });

  it("with a port that fetch blocks is named", async () => {
    for (const port of [22, 25]) {
      const error = await failureOf(createTask(createClient({ baseUrl: `http://127.0.0.1:${port}` })));
      expect(error).toMatchObject({ failure: "port_blocked", mayHaveBeenCarriedOut: false });
      expect(error.message).toContain("Check the port in baseUrl.");
    }
  });
});

const html = { "content-type": "text/html; charset=utf-8" };
const page = "<!DOCTYPE html><html>secret-of-the-page</html>";

describe("a response of another program", () => {
  it.each([
    ["a web page", raw(200, html, page), "200 without a ProjoStack response: it is a web page.", true],
    ["JSON of another API", raw(200, {}, '{"ok":true}'), "another program answered", true],
    ["an empty response", raw(204, {}, ""), "204 without a ProjoStack response: the response is empty", true],
    ["a missing path", raw(404, html, page), "there is no such path. Check the path of baseUrl", false],
    ["a gateway without an answer", raw(502, html, page), "a proxy got no answer from the server", true],
    ["a gateway that waited too long", raw(504, html, page), "a proxy got no answer from the server", true],
    [
      "a proxy of another kind without an answer",
      raw(522, html, page),
      "a proxy got no answer from the server",
      true,
    ],
    ["a proxy that limits the calls", raw(429, html, page), "a proxy limits the calls", false],
    ["a proxy that wants smaller requests", raw(413, html, page), "refuses requests of this size", false],
    ["a proxy with a password", raw(401, html, page), "in front of the server requires a login", false],
    ["a gateway without a server", raw(503, html, page), "a proxy has no server available", true],
    ["a network that requires a login", raw(511, html, page), "this network requires a login", true],
    [
      "a port for https",
      raw(400, html, "The plain HTTP request was sent to HTTPS port"),
      "the server expects https",
      false,
    ],
  ] as const)("is named by its cause: %s", async (_, answer, text, mayHaveBeenCarriedOut) => {
    const server = await startServer(answer);
    const error = await failureOf(createTask(createClient({ baseUrl: server.url })));
    expect(error).toMatchObject({ code: "UNEXPECTED_ANSWER", mayHaveBeenCarriedOut });
    expect(error.message).toContain(text);
    expect(error.message).not.toContain("secret-of-the-page");
    expect(error.message.includes("may have carried out tasks.create")).toBe(mayHaveBeenCarriedOut);
  });

  it("the error names the origin of a redirect, without its path", async () => {
    const login = "https://login.example/?return=secret-of-the-page";
    const portal = await startServer(raw(302, { location: login }, ""));
    const error = await failureOf(createTask(createClient({ baseUrl: portal.url })));
    expect(error.message).toBe(
      `${portal.url} redirects to another address, at https://login.example. Set baseUrl to the final address, or sign in to the network if it is a login page.`,
    );
    expect(error.mayHaveBeenCarriedOut).toBe(false);
  });

  it("the error names the https URL of a redirect to https", async () => {
    const upgrade = await startServer(raw(308, { location: "https://127.0.0.1/trpc/tasks.create" }, ""));
    const error = await failureOf(createTask(createClient({ baseUrl: upgrade.url })));
    expect(error.message).toContain("redirects to https://127.0.0.1: the server expects https.");
  });
});
