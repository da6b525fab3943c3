// HAProxy and nginx with the configurations of deploy/, in front of real servers.
import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { request } from "node:https";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { whileLocked } from "@projostack/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  arrive,
  foundWorkspace,
  freePorts,
  hasBalancer,
  noBalancer,
  startBalancer,
  startTestServer,
  type Balancer,
  type Person,
  type TestServer,
} from "../kit/index.ts";
import { ask } from "./ask.ts";

const json = { "content-type": "application/json" };
const hostOf = (url: string): string => new URL(url).host;

/** A server that is ready, and closes the connection of every other request without an answer. */
async function startSilentServer(): Promise<{ server: Server; address: string; received: string[] }> {
  const received: string[] = [];
  const server = createServer((incoming, response) => {
    if (incoming.url === "/readyz" || incoming.url === "/livez") return void response.end("{}");
    received.push(incoming.method ?? "");
    incoming.socket.destroy();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, address: `127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}

const lineOf = (id: unknown): unknown =>
  server.logLines
    .map((line) => JSON.parse(line) as { requestId?: unknown })
    .find(({ requestId }) => requestId === id);

let server: TestServer;
let ada: Person;
let workspaceId: string;
let headers: Record<string, string>;
beforeAll(async () => {
  server = await startTestServer({ PROJO_TRUSTED_PROXIES: "127.0.0.1" });
  ada = await arrive(server, "ada");
  workspaceId = await foundWorkspace(ada);
  headers = { authorization: `Bearer ${ada.token}`, "x-workspace-id": workspaceId };
});
afterAll(() => server.close());

const mustRun = process.env["CI"] === "true";
const each = (["haproxy", "nginx"] as const).map((name) => {
  const isRun = hasBalancer(name) || mustRun;
  return { name, isRun, title: isRun ? name : `${name} (${noBalancer(name)})` };
});

for (const { name, isRun, title } of each)
  describe.skipIf(!isRun)(`${title} with its configuration in deploy/`, () => {
    let balancer: Balancer;
    beforeAll(async () => {
      const address = hostOf(server.url);
      balancer = await startBalancer(name, [address, address, address]);
    });
    afterAll(() => balancer.close());

    const create = (projectName: string, to: Balancer = balancer) =>
      ask(to, "/trpc/projects.create", {
        method: "POST",
        headers: { ...headers, ...json },
        body: JSON.stringify({ name: projectName }),
      });
    // HAProxy needs two checks to see that no server is ready. nginx does not ask.
    const isOutageSeen = () => name === "nginx" || balancer.output().includes("alive/server-");
    const read = (to: Balancer = balancer) => ask(to, "/trpc/auth.me", { headers });

    it("speaks TLS and HTTP/2 to browsers, and redirects plain HTTP", async () => {
      const session = connectHttp2(balancer.url, { ca: balancer.ca });
      const stream = session.request({ ":path": "/livez" });
      const [answer] = (await once(stream, "response")) as [Record<string, unknown>];
      expect(answer[":status"]).toBe(200);
      expect(session.alpnProtocol).toBe("h2");
      session.destroy();
      const plain = await fetch(`${balancer.plainUrl}/livez`, { redirect: "manual" });
      expect(plain.status).toBe(308);
      expect(plain.headers.get("location")).toMatch(/^https:\/\/localhost.*\/livez$/);
    });

    it("R4 passes on its client's address and request id, and no address that the client claims", async () => {
      const claimed = { "x-forwarded-for": "192.0.2.7", forwarded: "for=192.0.2.7" };
      const own = { ...claimed, "x-request-id": "the.client:s_id-1" };
      const answer = await ask(balancer, "/openapi.json", { headers: own, from: "127.0.0.5" });
      expect(answer.headers["x-request-id"]).toBe("the.client:s_id-1");
      expect(lineOf("the.client:s_id-1")).toMatchObject({ ip: "127.0.0.5" });
      const without = await ask(balancer, "/openapi.json", { headers: { "x-request-id": "not an id" } });
      const id = without.headers["x-request-id"];
      expect(id).toMatch(/^[\w-]{32,36}$/);
      expect(lineOf(id)).toMatchObject({ ip: "127.0.0.1" });
      // Its own log has the same id.
      await expect.poll(() => balancer.output()).toContain(String(id));
    });

    it("N3 accepts a body of 100 KB and refuses a larger one with the text of the server", async () => {
      const post = (bytes: number, to: Balancer = balancer) =>
        ask(to, "/trpc/auth.signIn", {
          method: "POST",
          headers: { ...json, "content-length": String(bytes), "x-request-id": "large" },
          body: JSON.stringify({ email: "x" }).padEnd(bytes),
        });
      expect((await post(100 * 1024)).status).toBe(400);
      const refused = await post(100 * 1024 + 1);
      const direct = await fetch(`${server.url}/trpc/auth.signIn`, {
        method: "POST",
        headers: { ...json, "x-request-id": "large" },
        body: "x".repeat(100 * 1024 + 1),
      });
      expect([refused.status, direct.status]).toEqual([413, 413]);
      expect(refused.text).toBe(await direct.text());
      expect(refused.headers).toMatchObject({
        "x-request-id": "large",
        "content-type": expect.stringContaining("application/json"),
        "cache-control": "no-store",
      });
    });

    it("lets the server refuse a URL and headers that are too long", async () => {
      expect((await ask(balancer, "/livez", { headers: { "x-long": "y".repeat(15_500) } })).status).toBe(200);
      const long = await ask(balancer, "/livez", { headers: { "x-long": "y".repeat(17_000) } });
      expect(long).toMatchObject({ status: 431, text: expect.stringContaining("request.headers_too_large") });
      const url = await ask(balancer, `/trpc/system.health?input=${"y".repeat(17_000)}`);
      expect(url).toMatchObject({ status: 414, text: expect.stringContaining("request.url_too_long") });
    });

    it("passes on each line of a streamed batch as soon as the server sends it", async () => {
      const path = "/trpc/system.health,workspaces.list?batch=1";
      const sent = request(new URL(path, balancer.url), {
        ca: balancer.ca,
        agent: false,
        headers: { ...headers, "trpc-accept": "application/jsonl" },
      });
      let received = "";
      const lock = "LOCK TABLE workspaces IN ACCESS EXCLUSIVE MODE";
      const ended = await whileLocked(server.database, { lock }, async () => {
        sent.end();
        const [response] = (await once(sent, "response")) as [NodeJS.ReadableStream];
        response.on("data", (bytes: Buffer) => (received += bytes.toString()));
        const end = once(response, "end");
        await expect.poll(() => received, { timeout: 10_000 }).toContain('"version"');
        expect(received).not.toContain('"nextCursor"');
        return { end };
      });
      await ended.end;
      expect(received).toContain('"nextCursor"');
    });

    it("F13 sends a call elsewhere if a server refuses the connection, changes included", async () => {
      const { server: leaving, address } = await startSilentServer();
      const partly = await startBalancer(name, [address, hostOf(server.url), address]);
      // It was ready a moment ago, so no health check has failed yet.
      leaving.closeAllConnections();
      leaving.close();
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, nth) =>
          nth % 2 === 0 ? read(partly) : create(`Elsewhere ${name} ${nth}`, partly),
        ),
      );
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
      await partly.close();
    });

    it("F13 repeats a read without an answer at another server, and never a change", async () => {
      const { server: silent, address, received } = await startSilentServer();
      const mixed = await startBalancer(name, [address, address, hostOf(server.url)]);
      const statuses: number[] = [];
      for (let nth = 0; nth < 12; nth += 1) statuses.push((await read(mixed)).status);
      expect(statuses).toEqual(statuses.map(() => 200));
      expect(received.length).toBeGreaterThan(0);
      received.length = 0;
      // nginx asks a server again when more than two whole seconds have passed.
      if (name === "nginx") await delay(3_200);
      const changes: number[] = [];
      for (let nth = 0; nth < 6; nth += 1) changes.push((await create(`Once ${name} ${nth}`, mixed)).status);
      const lost = changes.filter((status) => status === 502).length;
      expect(received).toEqual(Array.from({ length: lost }, () => "POST"));
      expect(lost).toBeGreaterThan(0);
      expect(changes.filter((status) => status !== 502 && status !== 200)).toEqual([]);
      await mixed.close();
      silent.closeAllConnections();
      silent.close();
    });

    it("F4 passes on the server's own refusal during an outage of the database, and serves again at once after it", async () => {
      const { owner, name: databaseName } = server.database;
      const cut = () =>
        owner(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND application_name = 'projostack'",
          [databaseName],
        );
      await owner(`ALTER DATABASE ${databaseName} SET default_transaction_read_only = on`);
      await cut();
      await expect
        .poll(async () => [(await create("During the outage")).status, isOutageSeen()], { timeout: 10_000 })
        .toEqual([503, true]);
      const refused = await create("During the outage");
      expect(refused.text).toContain('"reason":"server.unavailable"');
      expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
      await owner(`ALTER DATABASE ${databaseName} RESET default_transaction_read_only`);
      await cut();
      await expect.poll(async () => (await create("After the outage")).status, { timeout: 3_000 }).toBe(200);
    });

    it("says when to try again if no server is left", async () => {
      const [free = 0] = await freePorts(1);
      const dead = `127.0.0.1:${free}`;
      const alone = await startBalancer(name, [dead, dead, dead]);
      const answer = await read(alone);
      expect(answer.status).toBe(name === "nginx" ? 502 : 503);
      expect(answer.headers["retry-after"]).toBe("2");
      await alone.close();
    });
  });
