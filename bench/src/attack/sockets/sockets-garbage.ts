// Bytes that are not HTTP, and HTTP that the server does not support. The server must survive, and close every connection.
import { randomBytes } from "node:crypto";
import { runConcurrently } from "../../runner/run-concurrently.ts";
import type { Figure } from "../../runner/figure.ts";
import type { RunOptions, Subject } from "../../runner/run-bench.ts";
import type { SharedTestbed } from "../../testbed/shared-testbed.ts";
import type { Testbed } from "../../testbed/testbed.ts";
import { getText, isServed, openPeer, untilClosed, type Peer } from "./sockets-peer.ts";

export const socketsGarbage = (testbed: SharedTestbed): Subject => ({
  name: "sockets-garbage",
  title: "bytes that are not HTTP, and HTTP that the server does not support",
  measure: async (options) => measure(options, await testbed.open(options)),
});

async function measure({ quick, progress }: RunOptions, testbed: Testbed): Promise<Figure[]> {
  const { server } = await testbed.start("projo", {
    environment: {
      PROJO_TRUSTED_PROXIES: "10.0.0.0/8",
      PROJO_LIMITS: "1000",
      PROJO_HEADERS_SECONDS: "3",
      PROJO_REQUEST_SECONDS: "4",
    },
  });
  const many = quick ? 300 : 3_000;
  const peers: Peer[] = [];
  try {
    await runConcurrently(
      10,
      Array.from({ length: many }, (_, at) => at),
      async (at) => {
        const peer = await openPeer({ url: server.url });
        peers.push(peer);
        peer.socket.write(SENT[at % SENT.length]?.() ?? "");
        if (at % 3 === 0) peer.socket.resetAndDestroy();
        else if (at % 3 === 1) peer.socket.end();
        else await untilClosed([peer], 50);
      },
    );
    const open = await untilClosed(peers, 8_000);
    progress(`${open} of ${many} connections are open`);
    return [
      {
        name: "normal request afterwards",
        value: (await isServed(server.url)) ? 1 : 0,
        unit: "answered",
        goal: { atLeast: 1 },
      },
      { name: "connections left open", value: open, unit: "connections", goal: { atMost: 0 } },
      {
        name: "5xx responses",
        value: peers.filter((peer) => /HTTP\/1\.1 5\d\d /.test(peer.received())).length,
        unit: "responses",
        goal: { atMost: 0 },
      },
    ];
  } finally {
    for (const { socket } of peers) socket.destroy();
    await server.stop();
  }
}

const closing = { connection: "close" };
const chunked = (body: string): string =>
  ["POST /trpc/auth.signIn HTTP/1.1", "host: a", "content-type: application/json", "connection: close"]
    .concat("transfer-encoding: chunked", "", body)
    .join("\r\n");

const SENT: readonly (() => string | Buffer)[] = [
  () => randomBytes(2_000),
  () => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
  () => "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
  () => "CONNECT example.com:443 HTTP/1.1\r\nhost: example.com\r\n\r\n",
  () => "TRACE / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n",
  () => "OPTIONS * HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n",
  () => getText("/trpc/system.health", { upgrade: "websocket", connection: "upgrade, close" }),
  () => getText("/livez", { expect: "200-nothing", ...closing }),
  () => getText("/livez", { expect: "100-continue", ...closing }),
  () => "GET /livez HTTP/1.1\r\nconnection: close\r\n\r\n",
  () => "GET http://[::1/ HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n",
  () => getText("/trpc/%", closing),
  () => getText(`/${"a".repeat(20_000)}`, closing),
  () => getText("/livez", { "x-long": "a".repeat(20_000), ...closing }),
  () => chunked("zz\r\n"),
  () => chunked("5;a=b\r\n{}\r\n0\r\n\r\n"),
  () => chunked("5\r\n{\r\n"),
  () => `${getText("/livez")}\0\0\0\0`,
  () =>
    "POST /trpc/auth.signIn HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
  () => getText("/trpc/system.health", { "x-forwarded-for": "\xff\xfe, 10.0.0.1", ...closing }),
];
