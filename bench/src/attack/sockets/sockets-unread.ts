// Peers that ask for large answers and never read them: many at once on each connection, or as few as any client may ask.
import type { Target } from "../../dataset/data-set.ts";
import type { Figure } from "../../runner/figure.ts";
import type { RunOptions, Subject } from "../../runner/run-bench.ts";
import type { SharedTestbed } from "../../testbed/shared-testbed.ts";
import type { Testbed } from "../../testbed/testbed.ts";
import { getText, isServed, openPeer, untilClosed, type Peer } from "./sockets-peer.ts";

export const socketsUnread = (testbed: SharedTestbed): Subject => ({
  name: "sockets-unread",
  title: "twenty connections that send many requests and never read an answer",
  measure: async (options) => measure(options, await testbed.open(options)),
});

const SOCKETS = 20;
/** The short form has no time to fill the system's own buffers of so many. */
const SOCKETS_QUICK = 6;
const REQUESTS = 1_000;
/** As many as a client may have under way at once. */
const PATIENT = 32;
const SLACK_SECONDS = 6;
const MAX_SECONDS = 100;
/** A server that has used more of the processor in half a second is still writing answers. */
const BUSY_MS = 60;

async function measure(options: RunOptions, testbed: Testbed): Promise<Figure[]> {
  const pipelined = await flood(options, testbed, REQUESTS);
  const patient = await flood(options, testbed, PATIENT);
  return [
    ...figuresOf(`${REQUESTS} requests on each`, pipelined),
    ...figuresOf(`${PATIENT} requests on each`, patient),
  ];
}

/** Opens the connections, asks, and watches the memory until they are closed or it is time. */
async function flood({ quick, progress }: RunOptions, testbed: Testbed, requests: number): Promise<Measured> {
  const unreadSeconds = quick ? 1 : 15;
  const many = quick ? SOCKETS_QUICK : SOCKETS;
  const { server } = await testbed.start("projo", {
    environment: { PROJO_LIMITS: "1000", PROJO_UNREAD_SECONDS: String(unreadSeconds) },
  });
  const text = listText(testbed.data.biggest[0]).repeat(requests);
  const peers: Peer[] = [];
  try {
    // A little work first: what a fresh server takes for itself is not the attack's.
    for (let n = 0; n < 20; n += 1) await isServed(server.url);
    const before = server.rssMb();
    for (let n = 0; n < many; n += 1) peers.push(await openPeer({ url: server.url, reads: false }));
    for (const { socket } of peers) socket.write(text);
    // An answer of this size is given a little more time. It begins when the server can write no more.
    const seconds = unreadSeconds + 8 + SLACK_SECONDS;
    let peak = before;
    let busyAt = performance.now();
    const latest = busyAt + MAX_SECONDS * 1_000;
    for (let cpuMs = server.cpuMs(); ; cpuMs = server.cpuMs()) {
      // Empty lines between requests, as if the peers were alive. A peer that does not read also learns by them of its end.
      for (const { socket } of peers) if (socket.writable) socket.write("\r\n");
      const left = await untilClosed(peers, 500);
      peak = Math.max(peak, server.rssMb());
      const now = performance.now();
      if (server.cpuMs() - cpuMs > BUSY_MS) busyAt = now;
      if (left === 0 || now > Math.min(latest, busyAt + seconds * 1_000)) break;
    }
    const open = await untilClosed(peers, 0);
    progress(`${open} of ${many} connections are open after ${longestMs(peers)} ms`);
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
  { group, name: "memory that the server took", value: grownMb, unit: "MB", goal: { atMost: 64 } },
  { group, name: "connections left open", value: open, unit: "connections", goal: { atMost: 0 } },
  {
    group,
    name: "ordinary request after them",
    value: served ? 1 : 0,
    unit: "answered",
    goal: { atLeast: 1 },
  },
];

const longestMs = (peers: readonly Peer[]): number =>
  Math.round(Math.max(...peers.map((peer) => peer.closedAfterMs() ?? Number.NaN)));

/** Ten pages of a hundred tasks in one request: as large an answer as one request can ask for. */
function listText(target: Target | undefined): string {
  if (!target) throw new RangeError("The data set has nobody to ask as.");
  const many = 10;
  const names = Array.from({ length: many }, () => "tasks.list").join(",");
  const inputs = Object.fromEntries(Array.from({ length: many }, (_, at) => [at, { limit: 100 }]));
  const query = `batch=1&input=${encodeURIComponent(JSON.stringify(inputs))}`;
  return getText(`/trpc/${names}?${query}`, {
    authorization: `Bearer ${target.tokens.product}`,
    "x-workspace-id": target.workspaceId,
  });
}
