// projo behind a proxy, and at addresses where there is no ProjoStack server: one line, the true cause, the next step.
import { spawnSync, execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer as createHttpServer, type IncomingMessage } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { expectDone, openShell, type Shell } from "../kit.ts";

const needsOpenssl = spawnSync("openssl", ["version"]).status === 0 || process.env["CI"] === "true";

let shell: Shell;
beforeAll(async () => {
  shell = await openShell("http://127.0.0.1:1");
});
afterAll(() => shell?.close());

async function listen(server: Server): Promise<number> {
  const open = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    open.add(socket);
    socket.on("error", () => {}).on("close", () => open.delete(socket));
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

const health = ["call", "system.health"];
const healthy = (_: unknown, response: { end: (text: string) => void }) =>
  response.end('{"result":{"data":{"status":"ok","version":"1"}}}');

/** Runs the command at this address. @returns its message */
async function messageAt(
  url: string,
  env: Record<string, string> = {},
  argv: readonly string[] = health,
): Promise<string> {
  const { code, out, err } = await shell.projo([...argv, "--url", url], { env });
  expect(out).toBe("");
  expect(code).toBeGreaterThan(0);
  expect(err).toMatch(/^projo: [^\n]+\n$/);
  return err.slice("projo: ".length, -1);
}

/** Starts a proxy that opens tunnels. A password makes it refuse all others. */
async function startProxy(password?: string) {
  const targets: string[] = [];
  const proxy = createHttpServer((request, response) => {
    targets.push(request.url ?? "");
    response.end('{"result":{"data":{"status":"ok","version":"1"}}}');
  });
  proxy.on("connect", (request: IncomingMessage, client: Socket) => {
    targets.push(request.url ?? "");
    const expected = `Basic ${Buffer.from(`ann:${password}`).toString("base64")}`;
    if (password !== undefined && request.headers["proxy-authorization"] !== expected) {
      client.end("HTTP/1.1 407 Login\r\n\r\n");
      return;
    }
    const port = Number(/:(\d+)$/.exec(request.url ?? "")?.[1]);
    const onward = connect(port, "127.0.0.1", () => {
      client.write("HTTP/1.1 200 OK\r\n\r\n");
      client.pipe(onward).pipe(client);
    });
    onward.on("error", () => client.destroy());
    client.on("close", () => onward.destroy());
  });
  return { port: await listen(proxy), targets };
}

describe("projo behind a proxy", () => {
  it("sends its requests to HTTP_PROXY, unless NO_PROXY names the host", async () => {
    const { port, targets } = await startProxy();
    const HTTP_PROXY = `http://127.0.0.1:${port}`;
    await expectDone(shell.projo([...health, "--url", "http://projo.invalid"], { env: { HTTP_PROXY } }));
    expect(targets).toEqual(["http://projo.invalid/trpc/system.health"]);
    const server = `http://127.0.0.1:${await listen(createHttpServer(healthy))}`;
    for (const name of ["NO_PROXY", "no_proxy"])
      await expectDone(
        shell.projo([...health, "--url", server], { env: { HTTP_PROXY, [name]: "127.0.0.1" } }),
      );
    expect(targets).toHaveLength(1);
  });

  it("names a proxy that requires a login, and does not print a password", async () => {
    const { port } = await startProxy("right");
    const HTTPS_PROXY = `http://ann:hidden-password@127.0.0.1:${port}`;
    expect(await messageAt("https://projo.invalid", { HTTPS_PROXY })).toBe(
      `The proxy http://127.0.0.1:${port} refused the connection to https://projo.invalid (PROXY_STATUS_407). Put the user name and the password into the URL of the proxy, percent-encoded.`,
    );
  });

  it("names a proxy that cannot reach the server, and the option for the address", async () => {
    const proxy = createHttpServer();
    proxy.on("connect", (_, client) => client.end("HTTP/1.1 502 Bad Gateway\r\n\r\n"));
    const port = await listen(proxy);
    expect(await messageAt("https://projo.invalid", { https_proxy: `http://127.0.0.1:${port}` })).toBe(
      `The proxy http://127.0.0.1:${port} refused the connection to https://projo.invalid (PROXY_STATUS_502). Check the host and the port in the address (--url or PROJO_URL): the proxy cannot reach them.`,
    );
  });

  it("names a proxy that has no TLS, and gives advice about the proxy", async () => {
    const { port } = await startProxy();
    const env = { https_proxy: `https://127.0.0.1:${port}` };
    expect(await messageAt("https://projo.invalid", env)).toMatch(
      /^The proxy https:\/\/127\.0\.0\.1:\d+ does not speak TLS \(\w+\)\. Check the port of the proxy, or begin its URL with http:\/\/ if it has no TLS\.$/,
    );
  });

  it("names a proxy that does not run", async () => {
    const gone = createServer();
    const port = await listen(gone);
    await new Promise((resolve) => void gone.close(resolve));
    expect(await messageAt("https://projo.invalid", { all_proxy: `http://127.0.0.1:${port}` })).toBe(
      `Cannot reach the proxy http://127.0.0.1:${port} on the way to https://projo.invalid (ECONNREFUSED). Check HTTPS_PROXY and HTTP_PROXY, or add the host of the server to NO_PROXY if it needs no proxy.`,
    );
  });
});

describe("projo and a private certificate authority", () => {
  it.runIf(needsOpenssl)("trusts it with --ca-file or PROJO_CA_FILE, also through a proxy", async () => {
    const directory = mkdtempSync(join(tmpdir(), "projo-ca-"));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
    const files = ["-keyout", "key.pem", "-out", "cert.pem"];
    execFileSync(
      "openssl",
      ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", ...names, ...files],
      {
        cwd: directory,
        stdio: "pipe",
      },
    );
    const [key, cert] = ["key.pem", "cert.pem"].map((name) => readFileSync(join(directory, name), "utf8"));
    const url = `https://localhost:${await listen(createSecureServer({ key, cert }, healthy))}`;
    expect(await messageAt(url)).toBe(
      `The certificate of ${url} is not from a certificate authority that this program trusts (DEPTH_ZERO_SELF_SIGNED_CERT). If you expect this certificate, pass its certificate authority: --ca-file FILE (or PROJO_CA_FILE)`,
    );
    const caFile = join(directory, "cert.pem");
    const ofAddress = url.replace("localhost", "127.0.0.1");
    const doctor = await shell.projo(["doctor", "--url", ofAddress, "--ca-file", caFile]);
    expect(doctor.out.replaceAll(/\s+/g, " ")).toContain(
      `(ERR_TLS_CERT_ALTNAME_INVALID). The certificate of ${ofAddress} is for another host name (ERR_TLS_CERT_ALTNAME_INVALID). Use a host name of the certificate`,
    );
    await expectDone(shell.projo([...health, "--url", url, "--ca-file", caFile]));
    const { port, targets } = await startProxy("right");
    const env = { PROJO_CA_FILE: caFile, HTTPS_PROXY: `http://ann:right@127.0.0.1:${port}` };
    await expectDone(shell.projo([...health, "--url", url], { env }));
    expect(targets).toEqual([new URL(url).host]);
  });

  it("names a file that is missing or contains no certificate", async () => {
    await shell.file("empty.pem", "no certificate");
    for (const [path, message] of [
      [
        "nowhere.pem",
        "--ca-file: nowhere.pem does not exist. Use the path of the certificate of the authority.",
      ],
      [
        "empty.pem",
        "--ca-file: empty.pem contains no certificate. Use a file in PEM form, which begins with -----BEGIN CERTIFICATE-----",
      ],
    ] as const) {
      const { code, err } = await shell.projo([...health, "--ca-file", path]);
      expect([code, err]).toEqual([2, `projo: ${message}\n`]);
    }
  });
});

describe("projo at an address without a ProjoStack server", () => {
  it("names the protocol that the program there does not speak", async () => {
    const ssh = `127.0.0.1:${await listen(createServer((socket) => void socket.write("SSH-2.0-OpenSSH_9.2\r\n")))}`;
    expect(await messageAt(`http://${ssh}`)).toBe(
      `The program at http://${ssh} does not speak HTTP (HPE_INVALID_CONSTANT). Check the port in the address (--url or PROJO_URL).`,
    );
    expect(await messageAt(`https://${ssh}`)).toMatch(
      /does not speak TLS \((?:EPROTO|ERR_SSL_WRONG_VERSION_NUMBER)\)\. Check the port in the address \(--url or PROJO_URL\), or use an http address if the server has no TLS\.$/,
    );
    // The Fetch standard blocks the port of SSH. projo tries it, and says what it finds.
    expect(await messageAt("http://127.0.0.1:22")).toMatch(
      /^(?:Cannot reach http:\/\/127\.0\.0\.1:22 |The program at http:\/\/127\.0\.0\.1:22 does not speak HTTP )/,
    );
  });

  it("names a host without an address", async () => {
    expect(await messageAt("http://no-such-host.invalid")).toMatch(
      /^(?:There is no address|The DNS does not answer) for the host of http:\/\/no-such-host\.invalid \(E\w+\)\. Check the host name in the address/,
    );
  });

  it("names the server whose response lacks what the command needs", async () => {
    for (const data of ["{}", "null", '"text"', '{"items":null}']) {
      const other = createHttpServer((_, response) => void response.end(`{"result":{"data":${data}}}`));
      const url = `http://127.0.0.1:${await listen(other)}`;
      for (const argv of [["tasks", "list"], ["whoami"], ["projects", "create", "Website"]])
        expect(await messageAt(url, { PROJO_TOKEN: "pja_any" }, argv)).toMatch(
          /^A response of http:\/\/127\.0\.0\.1:\d+ lacks what projo expects \(.+\)\. Check that the address/,
        );
      const status = await shell.projo(["status", "--url", url]);
      expect([status.code, status.out]).toEqual([
        1,
        expect.stringContaining("Another program than ProjoStack answered at"),
      ]);
    }
  });

  it("names the path of the address, and the form of an address without a scheme", async () => {
    expect(await messageAt("http://127.0.0.1:1/trpc/tasks.list")).toContain(
      'is the address of an operation. Remove "/trpc" and what follows it.',
    );
    expect(await messageAt("localhost:4801")).toContain("Use the form http://localhost:4801");
    expect(await messageAt("projo.example.com:8443")).toContain(
      "Use the form https://projo.example.com:8443",
    );
    const ofMail = await messageAt("http://127.0.0.1:4801/verify-email#token=pjo_hidden");
    expect(ofMail).toContain('no part after "?" or "#". Use the form http://127.0.0.1:4801');
    expect(ofMail).not.toContain("hidden");
    expect(await messageAt("nonsense")).toContain("Use the form http://127.0.0.1:4000");
    const error =
      '{"error":{"message":"m","code":-1,"data":{"code":"NOT_FOUND","httpStatus":404,"reason":"operation.not_found"}}}';
    const other = createHttpServer((_, response) => void response.writeHead(404).end(error));
    expect(await messageAt(`http://127.0.0.1:${await listen(other)}/api`)).toBe(
      "The server has no operation system.health, which all its versions have. Check the path of the address (--url or PROJO_URL).",
    );
  });

  it("names a login page and another program", async () => {
    const answers: readonly (readonly [number, Record<string, string>, string, string])[] = [
      [
        302,
        { location: "https://login.example/x" },
        "",
        "at https://login.example. Set the address (--url or PROJO_URL) to the final address",
      ],
      [200, { "content-type": "text/html" }, "<html>", "it is a web page"],
      [404, {}, "{}", "Check the path of the address (--url or PROJO_URL)"],
      [204, {}, "", "the response is empty"],
    ];
    for (const [status, headers, body, text] of answers) {
      const other = createHttpServer((_, response) => void response.writeHead(status, headers).end(body));
      const message = await messageAt(`http://127.0.0.1:${await listen(other)}`);
      expect(message).toContain(text);
      expect(message).not.toContain("baseUrl");
    }
  });
});
