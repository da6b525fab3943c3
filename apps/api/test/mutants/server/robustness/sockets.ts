// Mutants of the connection checks: number, time, waiting requests, and the address of the peer.
import { setTimeout as delay } from "node:timers/promises";
import type { TestServer } from "../../../kit/index.ts";
import { getText, openPeer, postText, statusOf, type Peer } from "../../../sockets/peer.ts";
import { rowExists, memberOf, team } from "../../attackers.ts";
import { guard, type Attack, type Mutant } from "../../mutant.ts";

/** Settings of the mutants' servers: small bounds, so that no attack takes long. */
export const socketsEnv = {
  PROJO_CONNECTIONS: "300",
  PROJO_CONNECTIONS_PER_ADDRESS: "250",
  PROJO_UNREAD_SECONDS: "1",
} as const;

const closeAll = (peers: readonly Peer[]): void => {
  for (const { socket } of peers) socket.destroy();
};

const withoutAddress: Attack = {
  title: "a denial on a reset connection is recorded without an address",
  tryOn: async (server) => {
    const here = await team(server);
    const viewer = await memberOf(server, here, "viewer");
    const request = getText("/trpc/audit.list", {
      authorization: `Bearer ${viewer.token}`,
      "x-workspace-id": here.id,
    });
    for (let tries = 0; tries < 20; tries += 1) {
      const peer = await openPeer(server.url);
      peer.socket.write(getText("/livez"));
      await peer.answers(1);
      peer.socket.write(request);
      peer.socket.resetAndDestroy();
      await delay(20);
    }
    await delay(200);
    return rowExists(
      server,
      "SELECT FROM audit_logs WHERE workspace_id = $1 AND coalesce(personal_json -> 'ip' ->> 'value', '') = ''",
      [here.id],
    );
  },
};

interface Opened {
  readonly addresses: number;
  readonly perAddress: number;
  /** The number of connections that the server keeps at most. */
  readonly bound: number;
}

/** How long a connection that the server has closed may stay open here, on a busy machine. */
const LATEST_CLOSE_MS = 3_000;

/** Opens connections from several addresses. @returns whether more of them stay open than the bound */
async function holdConnections(
  { url }: TestServer,
  { addresses, perAddress, bound }: Opened,
): Promise<boolean> {
  const peers: Peer[] = [];
  const stayOpen = () => peers.filter((peer) => !peer.isClosed()).length;
  try {
    for (let at = 0; at < addresses; at += 1) {
      const from = `127.0.9.${at + 1}`;
      peers.push(...(await Promise.all(Array.from({ length: perAddress }, () => openPeer(url, { from })))));
    }
    // A server accepts connections in order, so when it answers the last one, it has accepted or closed all others.
    const last = await openPeer(url, { from: "127.0.10.1" });
    last.socket.write(getText("/livez"));
    await last.answers(1);
    last.socket.destroy();
    const latest = performance.now() + LATEST_CLOSE_MS;
    while (stayOpen() > bound && performance.now() < latest) await delay(20);
    return stayOpen() > bound;
  } finally {
    closeAll(peers);
  }
}

const manyPerAddress: Attack = {
  title: "one address holds 280 connections",
  tryOn: (server) => holdConnections(server, { addresses: 1, perAddress: 280, bound: 250 }),
};

const manyConnections: Attack = {
  title: "ten addresses hold 400 connections",
  tryOn: (server) => holdConnections(server, { addresses: 10, perAddress: 40, bound: 300 }),
};

const overtaking: Attack = {
  title: "a request overtakes an earlier request on its connection",
  tryOn: async ({ url, logLines }) => {
    const peer = await openPeer(url);
    const id = `turn-${Math.random().toString(36).slice(2)}`;
    const first = postText(
      "/trpc/auth.signIn",
      { email: "nobody@example.com", password: "not the password of anybody" },
      { "x-request-id": `${id}-first` },
    );
    peer.socket.write(first + getText("/trpc/system.health", { "x-request-id": `${id}-second` }));
    await peer.answers(2);
    await delay(50);
    peer.socket.destroy();
    const lines = logLines.filter((line) => line.includes(id) && line.includes('"msg":"request"'));
    return lines[0]?.includes(`${id}-second`) ?? false;
  },
};

const manyWaiting: Attack = {
  title: "200 requests wait on one connection",
  tryOn: async ({ url }) => {
    const peer = await openPeer(url);
    peer.socket.write(getText("/livez").repeat(200));
    const answers = await peer.answers(200);
    peer.socket.destroy();
    return answers.length === 200;
  },
};

const unread: Attack = {
  title: "an unread answer is kept without a time limit",
  tryOn: async (server) => {
    const { admin, id } = await team(server);
    const { data } = await admin.call("projects.create", { name: "Notes" }, id);
    const title = "x".repeat(200);
    const items = Array.from({ length: 100 }, () => ({ projectId: String(data.id), title }));
    await admin.call("tasks.createMany", { items }, id);
    const requestId = `unread-${id}`;
    const headers = {
      authorization: `Bearer ${admin.token}`,
      "x-workspace-id": id,
      "x-request-id": requestId,
    };
    const page = getText(`/trpc/tasks.list?input=${encodeURIComponent('{"limit":100}')}`, headers);
    const peer = await openPeer(server.url, { reads: false });
    const answered = () => server.logLines.filter((line) => line.includes(requestId)).length;
    // Fill the buffers of the operating system. At most 20 requests at once, because the server closes the connection for more.
    for (let before = -1; answered() > before && !peer.isClosed();) {
      before = answered();
      peer.socket.write(page.repeat(20));
      for (let waits = 0; waits < 15 && answered() < before + 20; waits += 1) await delay(100);
    }
    const isClosed = await peer.closed(6_000).then(
      () => true,
      () => false,
    );
    closeAll([peer]);
    return !isClosed;
  },
};

const misplacedAnswer: Attack = {
  title: "the answer to malformed bytes replaces the answer to the request before them",
  tryOn: async ({ url }) => {
    const peer = await openPeer(url);
    const wrong = { email: "nobody@example.com", password: "not the password of anybody" };
    peer.socket.write(`${postText("/trpc/auth.signIn", wrong)}\0\0`);
    await peer.closed();
    return statusOf(peer.received()) === 400;
  },
};

const lostAnswer: Attack = {
  title: "a client that still sends gets a reset instead of the answer",
  tryOn: async ({ url }) => {
    const peer = await openPeer(url, { reads: false });
    let isReset = false;
    peer.socket.on("error", () => (isReset = true));
    peer.socket.write(`GET /trpc/tasks.list?input=${"x".repeat(20_000)}`);
    for (let sent = 0; sent < 20 && !peer.isClosed(); sent += 1) {
      await delay(20);
      peer.socket.write("x".repeat(1_000));
    }
    peer.socket.destroy();
    return isReset;
  },
};

const connectionFile = "apps/api/src/http/connections/connection.ts";
const connectionsFile = "apps/api/src/http/connections/connections.ts";

export const sockets: readonly Mutant[] = [
  {
    removed: [
      guard("a request has the address from the opening of its connection", "apps/api/src/http/app.ts", [
        'return forwarded(connection.address, headers["x-forwarded-for"]);',
        'delete socket._peername; return socket.remoteAddress ?? "";',
      ]),
    ],
    succeeds: [withoutAddress],
  },
  {
    removed: [
      guard("the connections of an address are bounded", connectionsFile, [
        "(perNetwork.get(network) ?? 0) >= bounds.perAddress",
        "false",
      ]),
    ],
    succeeds: [manyPerAddress],
  },
  {
    removed: [
      guard("the connections of the server are bounded", connectionsFile, [
        "all.size >= bounds.inAll",
        "false",
      ]),
    ],
    succeeds: [manyConnections],
  },
  {
    removed: [
      guard("requests on a connection run one after the other", connectionFile, [
        "if (!this.#running) {",
        "if (true) {",
      ]),
    ],
    succeeds: [overtaking, manyWaiting],
  },
  {
    removed: [
      guard("the waiting requests of a connection are bounded", connectionFile, [
        "this.#waiting.length < MAX_WAITING",
        "true",
      ]),
    ],
    succeeds: [manyWaiting],
  },
  {
    removed: [
      guard("the wait for a peer that does not read is bounded", connectionsFile, [
        "if (one.isOverdue(now, unreadLimits))",
        "if (false)",
      ]),
    ],
    succeeds: [unread],
  },
  {
    removed: [
      guard(
        "malformed bytes are answered after the request before them",
        "apps/api/src/http/connections/answer-socket.ts",
        ["if (running?.req.complete) {", "if (false) {"],
      ),
    ],
    succeeds: [misplacedAnswer],
  },
  {
    removed: [
      guard("a connection with unread bytes is closed in stages", connectionsFile, [
        "closeInStages(socket);",
        "",
      ]),
    ],
    succeeds: [lostAnswer],
  },
];
