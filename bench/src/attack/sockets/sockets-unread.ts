// Peers that request large responses and never read them: with many pipelined requests on each connection, and with as few
// as a normal client may have in flight.
import type { Target } from "../../dataset/data-set.ts";
import type { Figure } from "../../runner/figure.ts";
import type { RunOptions, Subject } from "../../runner/run-bench.ts";
import type { SharedTestbed } from "../../testbed/shared-testbed.ts";
import type { Testbed } from "../../testbed/testbed.ts";
import { getText, isServed, openPeer, untilClosed, type Peer } from "./sockets-peer.ts";

export const socketsUnread = (testbed: SharedTestbed): Subject => ({
  name: "sockets-unread",
  title: "twenty connections that send many requests and never read a response",
  measure: async (options) => measure(options, await testbed.open(options)),
});

const SOCKETS = 20;
/** A quick run has no time to fill the system's buffers of more sockets. */
const SOCKETS_QUICK = 6;
const REQUESTS = 1_000;
/** The number of requests that a client may have in flight. */
const ALLOWED_REQUESTS = 32;
const SLACK_SECONDS = 6;
const MAX_SECONDS = 100;
/** A server that has used more processor time in half a second is still writing responses. */
const BUSY_MS = 60;

async function measure(options: RunOptions, testbed: Testbed): Promise<Figure[]> {
  const pipelined = await flood(options, testbed, REQUESTS);
  const allowed = await flood(options, testbed, ALLOWED_REQUESTS);
  return [
    ...figuresOf(`${REQUESTS} requests per connection`, pipelined),
    ...figuresOf(`${ALLOWED_REQUESTS} requests per connection`, allowed),
  ];
}

/** Opens the connections, sends the requests, and watches the server's memory until all connections are closed. */
async function flood({ quick, progress }: RunOptions, testbed: Testbed, requests: number): Promise<Measured> {
  const unreadSeconds = quick ? 1 : 15;
  const many = quick ? SOCKETS_QUICK : SOCKETS;
  const { server } = await testbed.start("projo", {
    environment: { PROJO_LIMITS: "1000", PROJO_UNREAD_SECONDS: String(unreadSeconds) },
  });
  const text = listText(testbed.data.biggest[0]).repeat(requests);
  const peers: Peer[] = [];
  try {
    // Warms the server up, so that the memory of its first requests does not count as the attack's.
    for (let n = 0; n < 20; n += 1) await isServed(server.url);
    const before = server.rssMb();
    for (let n = 0; n < many; n += 1) peers.push(await openPeer({ url: server.url, reads: false }));
    for (const { socket } of peers) socket.write(text);
    // The server's time limit begins when it cannot write more, and is a little longer for a response of this size.
    const seconds = unreadSeconds + 8 + SLACK_SECONDS;
    let peak = before;
    let busyAt = performance.now();
    const latest = busyAt + MAX_SECONDS * 1_000;
    for (let cpuMs = server.cpuMs(); ; cpuMs = server.cpuMs()) {
      // Writes empty lines between requests, as a live peer may. A peer that does not read detects the end of its connection
      // only by a failed write.
      for (const { socket } of peers) if (socket.writable) socket.write("\r\n");
      const left = await untilClosed(peers, 500);
      peak = Math.max(peak, server.rssMb());
      const now = performance.now();
      if (server.cpuMs() - cpuMs > BUSY_MS) busyAt = now;
      if (left === 0 || now > Math.min(latest, busyAt + seconds * 1_000)) break;
    }
    const open = await untilClosed(peers, 0);
    progress(`${open} of ${many} connections are still open after ${longestMs(peers)} ms`);
    return { grownMb: peak - before, open, isServed: await isServed(server.url) };
  } finally {
    for (const { socket } of peers) socket.destroy();
    await server.stop();
  }
}

interface Measured {
  readonly grownMb: number;
  readonly open: number;
  readonly isServed: boolean;
}

const figuresOf = (group: string, { grownMb, open, isServed: served }: Measured): Figure[] => [
  { group, name: "memory growth of the server", value: grownMb, unit: "MB", goal: { atMost: 64 } },
  { group, name: "connections left open", value: open, unit: "connections", goal: { atMost: 0 } },
  {
    group,
    name: "normal request afterwards",
    value: served ? 1 : 0,
    unit: "answered",
    goal: { atLeast: 1 },
  },
];

const longestMs = (peers: readonly Peer[]): number =>
  Math.round(Math.max(...peers.map((peer) => peer.closedAfterMs() ?? Number.NaN)));

/** Returns a request for ten pages of 100 tasks, which is the largest response that one request can have. */
function listText(target: Target | undefined): string {
  if (!target) throw new RangeError("The data set has no target.");
  const many = 10;
  const names = Array.from({ length: many }, () => "tasks.list").join(",");
  const inputs = Object.fromEntries(Array.from({ length: many }, (_, at) => [at, { limit: 100 }]));
  const query = `batch=1&input=${encodeURIComponent(JSON.stringify(inputs))}`;
  return getText(`/trpc/${names}?${query}`, {
    authorization: `Bearer ${target.tokens.product}`,
    "x-workspace-id": target.workspaceId,
  });
}
