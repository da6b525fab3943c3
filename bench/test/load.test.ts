// Tests that the load generator sends requests like a client, accepts every form of response, and reports each failure.
import { once } from "node:events";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { openLoad, type HttpRequest, type Load } from "../src/load/load-client.ts";
import { percentile } from "../src/load/percentile.ts";

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function loadFor(server: Server, connections = 1): Promise<Load> {
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const load = openLoad({ url: `http://127.0.0.1:${port}`, connections });
  open.push(load, server);
  return load;
}

const loadOnHttp = (listener: Listener, connections?: number): Promise<Load> =>
  loadFor(
    createHttpServer((request, response) => void listener(request, response)),
    connections,
  );

type Listener = (...asked: Parameters<RequestListener>) => unknown;

/** Opens a load on a server that responds to each request with these pieces, each in a separate packet. */
function loadOn(pieces: readonly string[], then: (socket: Socket) => void = () => {}): Promise<Load> {
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on("error", () => {});
    const answer = async () => {
      for (const piece of pieces) {
        socket.write(piece);
        await delay(1);
      }
      then(socket);
    };
    socket.on("data", () => void answer());
  });
  return loadFor(server);
}

const get = (expected?: HttpRequest["expect"]): HttpRequest => ({
  method: "GET",
  path: "/",
  headers: {},
  ...(expected && { expect: expected }),
});

const burst = (load: Load, request = get()) => load.burst(() => request, { count: 3, concurrency: 1 });

const twice = <T>(one: T): T[] => [one, one];

/** Sends `count` requests and returns the responses. */
async function answers(load: Load, count = 2): Promise<[status: number, body: string][]> {
  const heard: [number, string][] = [];
  const hear = (status: number, body: string) => heard.push([status, body]) > 0;
  await load.burst(() => get(hear), { count, concurrency: 1 });
  return heard;
}

describe("a burst", () => {
  it("sends the given number of requests, on one connection per caller, one at a time", async () => {
    let [asked, at, most] = [0, 0, 0];
    const sockets = new Set<Socket>();
    const load = await loadOnHttp(async ({ socket }, response) => {
      asked += 1;
      sockets.add(socket);
      most = Math.max(most, (at += 1));
      await delay(2);
      at -= 1;
      response.end("{}");
    }, 8);
    const { done, perSecond, p50Ms, p99Ms } = await load.burst(() => get(), { count: 103, concurrency: 4 });
    expect([asked, done, most, sockets.size]).toEqual([103, 103, 4, 4]);
    expect(perSecond).toBeGreaterThan(0);
    expect(p99Ms).toBeGreaterThanOrEqual(p50Ms);
  });

  it("ends after its duration, and rejects a burst without bounds", async () => {
    const load = await loadOnHttp((_, response) => response.end());
    expect((await load.burst(() => get(), { ms: 30, concurrency: 1 })).done).toBeGreaterThan(0);
    await expect(load.burst(() => get(), { concurrency: 1 })).rejects.toThrow("needs a count or a duration");
    await expect(load.burst(() => get(), { count: 1, concurrency: 2 })).rejects.toThrow("1 connections");
  });

  it("sends the method, path, headers and body, with the content-length in bytes", async () => {
    const seen: unknown[] = [];
    const load = await loadOnHttp(async (request, response) => {
      const parts: Buffer[] = await request.toArray();
      seen.push([request.method, request.url, request.headers["x-one"], Buffer.concat(parts).toString()]);
      response.end();
    });
    const post: HttpRequest = { method: "POST", path: "/a?b=c", headers: { "x-one": "1" }, body: "äöü €" };
    await load.burst(() => post, { count: 2, concurrency: 1 });
    expect(seen).toEqual(twice(["POST", "/a?b=c", "1", "äöü €"]));
  });
});

describe("the response parser", () => {
  it("reads a chunked response of node:http", async () => {
    const load = await loadOnHttp((_, response) => {
      response.write("first ");
      setTimeout(() => response.end("last"), 2);
    });
    expect(await answers(load)).toEqual(twice([200, "first last"]));
  });

  it("reads a response that arrives byte by byte, with a length, or chunked with extensions and trailers", async () => {
    const byLength = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody";
    expect(await answers(await loadOn(byLength.split("")))).toEqual(twice([200, "body"]));
    const chunked =
      "HTTP/1.1 201 Created\r\ntransfer-encoding: chunked\r\n\r\n2;a=b\r\nbo\r\n0A\r\n\r\n01234567\r\n0\r\nx: y\r\n\r\n";
    expect(await answers(await loadOn(chunked.split("")))).toEqual(twice([201, "bo\r\n01234567"]));
  });

  it("reads a response larger than a packet", async () => {
    const large = "0123456789abcdef".repeat(200_000);
    const whole = await loadOnHttp((_, response) =>
      response.setHeader("content-length", large.length).end(large),
    );
    expect(await answers(whole)).toEqual(twice([200, large]));
    const chunked = await loadOnHttp((_, response) => {
      for (let at = 0; at < large.length; at += 100_000) response.write(large.slice(at, at + 100_000));
      response.end();
    });
    expect(await answers(chunked)).toEqual(twice([200, large]));
  });

  it("reads a response without a body, after an interim response, or ended by the connection", async () => {
    expect(await answers(await loadOn(["HTTP/1.1 204 No Content\r\n\r\n"]))).toEqual(twice([204, ""]));
    const early = "HTTP/1.1 103 Early Hints\r\nlink: <a>\r\n\r\n";
    const real = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
    expect(await answers(await loadOn([early + real.slice(0, 9), real.slice(9)]))).toEqual(
      twice([200, "ok"]),
    );
    const endless = await loadOn(["HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nall ", "of it"], (socket) =>
      socket.end(),
    );
    expect(await answers(endless)).toEqual(twice([200, "all of it"]));
  });

  it("reconnects after `connection: close`, and after the server closed an idle connection", async () => {
    let connections = 0;
    const server = createHttpServer((_, response) => response.setHeader("connection", "close").end("ok"));
    server.on("connection", () => (connections += 1));
    expect(await answers(await loadFor(server), 3)).toHaveLength(3);
    expect(connections).toBe(3);
    const sockets: Socket[] = [];
    const load = await loadOnHttp(({ socket }, response) => {
      sockets.push(socket);
      response.end("ok");
    });
    await answers(load);
    const [idle] = sockets;
    if (!idle) throw new Error("The load has opened no connection.");
    // It closes when the load has closed its end.
    const closed = once(idle, "close");
    idle.end();
    await closed;
    expect(await answers(load)).toHaveLength(2);
  });
});

describe("a failing burst", () => {
  it("reports a status other than 200 with the beginning of the body", async () => {
    const load = await loadOnHttp((_, response) => response.writeHead(500).end("x".repeat(1_000)));
    await expect(burst(load)).rejects.toThrow(/^GET \/ was answered 500: x{200}$/);
  });

  it("reports an unexpected response", async () => {
    const load = await loadOnHttp((_, response) => response.end("[]"));
    await expect(
      burst(
        load,
        get((status, body) => status === 200 && body !== "[]"),
      ),
    ).rejects.toThrow("200: []");
  });

  it("reports a connection that is closed before or within the response, or refused", async () => {
    await expect(burst(await loadOn([], (socket) => socket.end()))).rejects.toThrow("closed the connection");
    const half = await loadOn(["HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf"], (socket) => socket.end());
    await expect(burst(half)).rejects.toThrow("closed the connection");
    const absent = openLoad({ url: "http://127.0.0.1:1", connections: 1 });
    await expect(burst(absent)).rejects.toThrow("ECONNREFUSED");
  });

  it("reports bytes that are not HTTP, and bytes after the response", async () => {
    await expect(burst(await loadOn(["SSH-2.0-OpenSSH\r\n\r\n"]))).rejects.toThrow("not an HTTP response");
    const chunk = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nten\r\n";
    await expect(burst(await loadOn([chunk]))).rejects.toThrow("not a chunk size: ten");
    await expect(burst(await loadOn(["HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\nmore"]))).rejects.toThrow(
      "more than the response",
    );
  });

  it("sends no further requests after one caller has failed", async () => {
    let asked = 0;
    const load = await loadOnHttp(async (_, response) => {
      asked += 1;
      if (asked > 1) await delay(5);
      response.writeHead(asked === 1 ? 404 : 200).end();
    }, 4);
    await expect(load.burst(() => get(), { count: 1_000, concurrency: 4 })).rejects.toThrow("404");
    await delay(30);
    expect(asked).toBeLessThanOrEqual(8);
  });
});

it("computes percentiles by the nearest-rank method", () => {
  const hundred = Array.from({ length: 100 }, (_, at) => at + 1);
  expect([50, 99, 100].map((part) => percentile(hundred, part))).toEqual([50, 99, 100]);
  expect(percentile([7], 50)).toBe(7);
  expect(percentile([], 50)).toBeNaN();
});
