// Peers that connect and send nothing, or send their headers or their body very slowly.
import type { Figure } from "../../runner/figure.ts";
import type { RunOptions, Subject } from "../../runner/run-bench.ts";
import type { SharedTestbed } from "../../testbed/shared-testbed.ts";
import type { Testbed } from "../../testbed/testbed.ts";
import { openPeer, untilClosed, type Peer } from "./sockets-peer.ts";

export const socketsSlow = (testbed: SharedTestbed): Subject => ({
  name: "sockets-slow",
  title: "connections that send nothing, slow headers, or a slow body",
  measure: async (options) => measure(options, await testbed.open(options)),
});

const EACH = 20;
const SLACK_SECONDS = 3;

async function measure({ quick, progress }: RunOptions, testbed: Testbed): Promise<Figure[]> {
  const [headers, request] = quick ? [2, 5] : [10, 30];
  const { server } = await testbed.start("projo", {
    environment: {
      PROJO_LIMITS: "1000",
      ...(quick ? { PROJO_HEADERS_SECONDS: String(headers), PROJO_REQUEST_SECONDS: String(request) } : {}),
    },
  });
  const open = () => Promise.all(Array.from({ length: EACH }, () => openPeer({ url: server.url })));
  const [silent, slowHeaders, slowBody] = [await open(), await open(), await open()];
  for (const { socket } of slowHeaders) socket.write("GET /livez HTTP/1.1\r\nhost: attack\r\n");
  for (const { socket } of slowBody) {
    const head = ["POST /trpc/auth.signIn HTTP/1.1", "host: attack", "content-type: application/json"];
    socket.write([...head, "content-length: 10000", "", "{"].join("\r\n"));
  }
  const drip = setInterval(() => {
    for (const { socket } of slowHeaders) if (socket.writable) socket.write("x-a: b\r\n");
    for (const { socket } of slowBody) if (socket.writable) socket.write(" ");
  }, 500);
  const all = [...silent, ...slowHeaders, ...slowBody];
  try {
    const longest = request + 2 * SLACK_SECONDS;
    const left = await untilClosed(all, longest * 1_000);
    progress(`${left} of ${all.length} connections are still open after ${longest} s`);
    const figure = (name: string, peers: readonly Peer[], bound: number): Figure => ({
      name: `${name}, closed after`,
      value: Math.max(...peers.map((peer) => peer.closedAfterMs() ?? longest * 1_000)) / 1_000,
      unit: "s",
      goal: { atMost: bound + SLACK_SECONDS },
    });
    return [
      figure("nothing sent", silent, headers),
      figure("slow headers", slowHeaders, headers),
      figure("slow body", slowBody, request),
    ];
  } finally {
    clearInterval(drip);
    for (const { socket } of all) socket.destroy();
    await server.stop();
  }
}
