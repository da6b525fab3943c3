// More connections than the server accepts, from one address and from many, while another client sends a request.
import type { Figure } from "../../runner/figure.ts";
import type { RunOptions, Subject } from "../../runner/run-bench.ts";
import type { SharedTestbed } from "../../testbed/shared-testbed.ts";
import type { Testbed } from "../../testbed/testbed.ts";
import { setTimeout as delay } from "node:timers/promises";
import { isServed, openPeer, type Peer } from "./sockets-peer.ts";

export const socketsMany = (testbed: SharedTestbed): Subject => ({
  name: "sockets-many",
  title: "too many connections from one address, and from twenty addresses together",
  measure: async (options) => measure(options, await testbed.open(options)),
});

const PER_ADDRESS = 50;
const IN_ALL = 400;
const ADDRESSES = 20;
const EACH = 40;

async function measure({ progress }: RunOptions, testbed: Testbed): Promise<Figure[]> {
  const { server } = await testbed.start("projo", {
    environment: {
      PROJO_CONNECTIONS: String(IN_ALL),
      PROJO_CONNECTIONS_PER_ADDRESS: String(PER_ADDRESS),
      PROJO_LIMITS: "1000",
    },
  });
  const peers: Peer[] = [];
  const openFrom = async (from: string, many: number) => {
    const opened = await Promise.all(Array.from({ length: many }, () => openPeer({ url: server.url, from })));
    peers.push(...opened);
  };
  const leftOpen = () => peers.filter((peer) => peer.closedAfterMs() === null).length;
  const closeAll = () => {
    for (const { socket } of peers.splice(0)) socket.destroy();
  };
  try {
    await openFrom("127.0.0.2", 4 * PER_ADDRESS);
    await delay(500);
    const ofOne = leftOpen();
    const beside = await isServed(server.url, "127.0.0.3");
    progress(`${ofOne} connections of one address are open`);
    closeAll();
    await delay(200);
    for (let n = 0; n < ADDRESSES; n += 1) await openFrom(`127.0.1.${n + 1}`, EACH);
    await delay(500);
    const ofAll = leftOpen();
    const newAddress = await isServed(server.url, "127.0.0.4");
    progress(`${ofAll} connections of ${ADDRESSES} addresses are open`);
    return [
      {
        name: `open connections of ${4 * PER_ADDRESS} from one address`,
        value: ofOne,
        unit: "connections",
        goal: { atMost: PER_ADDRESS },
      },
      {
        name: "request from another address meanwhile",
        value: beside ? 1 : 0,
        unit: "served",
        goal: { atLeast: 1 },
      },
      {
        name: `open connections of ${ADDRESSES * EACH} from ${ADDRESSES} addresses`,
        value: ofAll,
        unit: "connections",
        goal: { atMost: IN_ALL },
      },
      {
        name: "request from a new address meanwhile",
        value: newAddress ? 1 : 0,
        unit: "served",
        goal: { atLeast: 1 },
      },
    ];
  } finally {
    closeAll();
    await server.stop();
  }
}
