// A proxy forwards a command's request to a real server and then loses the answer. The message says that the server may have
// carried it out, and repeating the command does no harm.
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { startTestServer, type TestServer } from "@projostack/api/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectDone, openShell, type Shell } from "../kit.ts";
import { openVerifiedAdmin } from "../people.ts";

let server: TestServer;
let shell: Shell;
let job: Shell;
let proxy: LosingProxy;

beforeAll(async () => {
  server = await startTestServer();
  shell = await openVerifiedAdmin(server, "ann@example.com");
  job = await openShell(server.url);
  proxy = await startLosingProxy(server.url);
});

afterAll(async () => {
  await shell?.close();
  await job?.close();
  await proxy?.close();
  await server?.close();
});

type Loss = "reset" | "page";

interface LosingProxy {
  readonly url: string;
  /** How the answers of mutations are lost. */
  loss: Loss;
  close(): Promise<void>;
}

async function startLosingProxy(target: string): Promise<LosingProxy> {
  const lose = (response: ServerResponse) => {
    if (losing.loss === "reset") response.socket?.resetAndDestroy();
    else response.writeHead(502, { "content-type": "text/html" }).end("<html>Bad gateway</html>");
  };
  const pass = async (incoming: IncomingMessage, response: ServerResponse) => {
    const { method, headers, url } = incoming;
    const body = await buffer(incoming);
    const onward = forward(`${target}${url}`, { method, headers }, (answer) => {
      void buffer(answer).then((text) => {
        if (method === "POST") lose(response);
        else response.writeHead(answer.statusCode ?? 0, answer.headers).end(text);
      });
    });
    onward.end(body);
  };
  const http = createServer((incoming, response) => void pass(incoming, response));
  await new Promise<void>((resolve) => void http.listen(0, "127.0.0.1", resolve));
  const losing: LosingProxy = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    loss: "reset",
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
  return losing;
}

/** Runs the command with the admin's token through the proxy. @returns its message */
async function failThroughProxy(argv: readonly string[], loss: Loss): Promise<string> {
  proxy.loss = loss;
  const token = await adminToken();
  const env = { PROJO_URL: proxy.url, PROJO_TOKEN: token };
  const { code, out, err } = await job.projo(argv, { env });
  expect([code, out]).toEqual([1, ""]);
  expect(err).toMatch(/^projo: [^\n]+\n$/);
  return err.slice("projo: ".length, -1);
}

/** A service key of an admin, since the stored session belongs to another address. */
async function adminToken(): Promise<string> {
  const scopes = "workspace:read,project:read,project:write,task:read,task:write,key:manage";
  const { out } = await expectDone(
    shell.projo(["keys", "create", `admin ${(keys += 1)}`, "--role", "admin", "--scopes", scopes]),
  );
  return out.trim();
}
let keys = 0;

describe("N7 projo behind a proxy that loses answers", () => {
  it.each(["reset", "page"] as const)(
    "can repeat keys rotate, and the token in use works: %s",
    async (loss) => {
      const name = `worker ${loss}`;
      const { out } = await expectDone(shell.projo(["keys", "create", name, "--scopes", "task:read"]));
      const used = { PROJO_TOKEN: out.trim() };
      const message = await failThroughProxy(["keys", "rotate", name], loss);
      expect(message).toContain("The server may have carried it out. Run the command again");
      expect(message).not.toContain("Start the server");
      for (let times = 0; times < 3; times += 1) await failThroughProxy(["keys", "rotate", name], loss);
      const rotated = await expectDone(shell.projo(["keys", "rotate", name]));
      for (const env of [used, { PROJO_TOKEN: rotated.out.trim() }])
        await expectDone(job.projo(["tasks", "list"], { env }));
      const until = /The previous token works until (\S+)\./.exec(rotated.err)?.[1] ?? "";
      // The announced end is that of the token in use, which the first rotation fixed.
      expect(Date.parse(until)).toBeLessThanOrEqual(Date.now() + 24 * 3_600_000);
      await expectDone(shell.projo(["keys", "rotate", name, "--overlap-hours", "0"]));
      expect((await job.projo(["tasks", "list"], { env: used })).code).toBe(4);
    },
  );

  it("keeps the term of a rotated key", async () => {
    await expectDone(shell.projo(["keys", "create", "monthly", "--scopes", "task:read", "--days", "30"]));
    const { out } = await expectDone(shell.projo(["keys", "rotate", "monthly", "--json"]));
    const { expiresAt, rotatedAt } = JSON.parse(out) as { expiresAt: string; rotatedAt: string };
    expect(Date.parse(expiresAt) - Date.parse(rotatedAt)).toBe(30 * 86_400_000);
  });

  it("names the list in which a created object appears", async () => {
    for (const [argv, list] of [
      [["projects", "create", "Website"], "projo projects list"],
      [["keys", "create", "x", "--scopes", "task:read"], "projo keys list"],
    ] as const) {
      const message = await failThroughProxy(argv, "reset");
      expect(message).toBe(
        `The connection to ${proxy.url} was lost before the response was complete (ECONNRESET). The server may have carried it out. Before you run the command again, see: ${list}`,
      );
      expect(await failThroughProxy(argv, "page")).toBe(
        `${proxy.url} returned status 502 without a ProjoStack response: a proxy got no answer from the server. Try again later. The server may have carried it out. Before you run the command again, see: ${list}`,
      );
    }
    const { out } = await expectDone(shell.projo(["projects", "list", "--json"]));
    expect((JSON.parse(out) as { items: object[] }).items.length).toBeGreaterThan(0);
  });

  it("tells a program in its JSON", async () => {
    proxy.loss = "reset";
    const env = { PROJO_URL: proxy.url, PROJO_TOKEN: await adminToken() };
    const lost = await job.projo(["projects", "create", "Shop", "--json"], { env });
    expect(JSON.parse(lost.err)).toMatchObject({
      error: { reason: "cli.connection_failed", operation: "projects.create", mayHaveBeenCarriedOut: true },
    });
  });
});
