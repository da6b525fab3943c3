import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { startTestServer, type TestServer } from "@projostack/api/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { drill } from "./session-drill/drill.ts";

const root = join(import.meta.dirname, "..");
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

it("S2 S3 S4 S7 S8 S10 the session drill runs all steps and prints them", async () => {
  const { code, output } = await runDrill(["--url", server.url, "--mail", join(server.dataDir, "mail")]);
  expect(output).not.toContain("✗");
  expect(output.trim().split("\n").at(-1)).toBe("All steps succeeded.");
  expect(code).toBe(0);
  for (const step of [
    "signs up",
    "verifies the address",
    "reply was lost",
    "detects the reuse",
    "everywhere",
  ])
    expect(output).toMatch(new RegExp(`^ {2}✓ .*${step}`, "m"));
  expect(output).not.toMatch(/pj[aro]_/);
});

it("the session drill exits with code 1 and an error message without a server", async () => {
  const url = `http://127.0.0.1:${await closedPort()}`;
  const { code, output } = await runDrill(["--url", url]);
  expect(code).toBe(1);
  expect(output).toContain(`✗ Cannot reach ${url}`);
});

it("the session drill detects a server that does not report a reused token", async () => {
  const proxied = await startHidingProxy(server.url);
  const lines: string[] = [];
  const passed = await drill({
    url: proxied.url,
    mailDirectory: join(server.dataDir, "mail"),
    now: Date.now,
    wait,
    print: (line) => void lines.push(line),
  });
  await proxied.close();
  expect(passed).toBe(false);
  expect(lines.at(-1)).toBe("  ✗ The thief's refresh returned auth.unauthenticated.");
});

function runDrill(args: readonly string[]): Promise<{ code: number | null; output: string }> {
  const tsx = join(root, "node_modules/tsx/dist/cli.mjs");
  const argv = [tsx, "--conditions=@projostack/source", "scripts/session-drill.ts", ...args];
  const child = spawn(process.execPath, argv, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
  return new Promise((resolve, reject) => {
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (output += chunk));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output }));
  });
}

/** Starts a proxy that replaces the reason auth.token_reused in every answer. */
async function startHidingProxy(target: string): Promise<{ url: string; close: () => Promise<void> }> {
  const proxy = createServer((request, response) => {
    void (async () => {
      const { host: _, connection: __, "content-length": ___, ...headers } = request.headers;
      const body = request.method === "POST" ? { body: await text(request) } : {};
      const init = { method: request.method ?? "GET", headers: headers as Record<string, string>, ...body };
      const answer = await fetch(`${target}${request.url ?? ""}`, init);
      const output = (await answer.text()).replaceAll("auth.token_reused", "auth.unauthenticated");
      response.writeHead(answer.status, { "content-type": "application/json" }).end(output);
    })();
  });
  await new Promise<void>((resolve) => void proxy.listen(0, "127.0.0.1", resolve));
  const address = proxy.address();
  if (address === null || typeof address === "string") throw new Error("The proxy has no port.");
  const close = () => new Promise<void>((resolve) => void proxy.close(() => resolve()));
  return { url: `http://127.0.0.1:${address.port}`, close };
}

/** Returns a port on which nothing listens. */
async function closedPort(): Promise<number> {
  const listener = createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address() as AddressInfo;
  await new Promise((closed) => listener.close(closed));
  return port;
}
