// Connections: how many, for how long, what waits on them, and where they come from.
import { setTimeout as passed } from "node:timers/promises";
import type { TestServer } from "../../../kit/index.ts";
import { getText, openPeer, postText, statusOf, type Peer } from "../../../sockets/peer.ts";
import { exists, memberOf, team } from "../../attackers.ts";
import { guard, type Attack, type Mutant } from "../../mutant.ts";

/** What the servers of these attacks are given, so that no attack waits long. */
export const socketsEnv = {
  PROJO_CONNECTIONS: "300",
  PROJO_CONNECTIONS_PER_ADDRESS: "250",
  PROJO_UNREAD_SECONDS: "1",
} as const;

const closeAll = (peers: readonly Peer[]): void => {
  for (const { socket } of peers) socket.destroy();
};

const nowhere: Attack = {
  says: "a denial on a connection that was reset is on record without an address",
  tryOn: async (server) => {
    const here = await team(server);
    const viewer = await memberOf(server, here, "viewer");
    const asked = getText("/trpc/audit.list", {
      authorization: `Bearer ${viewer.token}`,
      "x-workspace-id": here.id,
    });
    for (let tries = 0; tries < 20; tries += 1) {
      const peer = await openPeer(server.url);
      peer.socket.write(getText("/livez"));
      await peer.answers(1);
      peer.socket.write(asked);
      peer.socket.resetAndDestroy();
      await passed(20);
    }
    await passed(200);
    return exists(
      server,
      "SELECT FROM audit_logs WHERE workspace_id = $1 AND coalesce(personal_json -> 'ip' ->> 'value', '') = ''",
      [here.id],
    );
  },
};

/** How many connections from so many addresses stay open. */
async function crowd({ url }: TestServer, addresses: number, each: number): Promise<number> {
  const peers: Peer[] = [];
  try {
    for (let at = 0; at < addresses; at += 1) {
      const from = `127.0.9.${at + 1}`;
      peers.push(...(await Promise.all(Array.from({ length: each }, () => openPeer(url, { from })))));
    }
    await passed(300);
    return peers.filter((peer) => !peer.isClosed()).length;
  } finally {
    closeAll(peers);
  }
}

const manyOfOne: Attack = {
  says: "one address holds 280 connections",
  tryOn: async (server) => (await crowd(server, 1, 280)) > 250,
};

const manyInAll: Attack = {
  says: "ten addresses hold 400 connections",
  tryOn: async (server) => (await crowd(server, 10, 40)) > 300,
};

const overtaking: Attack = {
  says: "a request runs before the one that came before it on its connection",
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
    await passed(50);
    peer.socket.destroy();
    const lines = logLines.filter((line) => line.includes(id) && line.includes('"msg":"request"'));
    return lines[0]?.includes(`${id}-second`) ?? false;
  },
};

const queue: Attack = {
  says: "two hundred requests wait on one connection",
  tryOn: async ({ url }) => {
    const peer = await openPeer(url);
    peer.socket.write(getText("/livez").repeat(200));
    const answers = await peer.answers(200);
    peer.socket.destroy();
    return answers.length === 200;
  },
};

const unread: Attack = {
  says: "an answer that nobody reads is kept for as long as its peer likes",
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
    // Until the system's own buffers take no more; never so many at once that the connection is closed for that.
    for (let before = -1; answered() > before && !peer.isClosed();) {
      before = answered();
      peer.socket.write(page.repeat(20));
      for (let waits = 0; waits < 15 && answered() < before + 20; waits += 1) await passed(100);
    }
    const isClosed = await peer.closed(6_000).then(
      () => true,
      () => false,
    );
    closeAll([peer]);
    return !isClosed;
  },
};

const misplaced: Attack = {
  says: "the answer to what is no HTTP stands for the answer to the request before it",
  tryOn: async ({ url }) => {
    const peer = await openPeer(url);
    const wrong = { email: "nobody@example.com", password: "not the password of anybody" };
    peer.socket.write(`${postText("/trpc/auth.signIn", wrong)}\0\0`);
    await peer.closed();
    return statusOf(peer.received()) === 400;
  },
};

const connection = "apps/api/src/http/connections/connection.ts";
const connections = "apps/api/src/http/connections/connections.ts";

export const sockets: readonly Mutant[] = [
  {
    without: [
      guard("a request has the address that its connection had when it opened", "apps/api/src/http/app.ts", [
        'return forwarded(connection.address, headers["x-forwarded-for"]);',
        'delete socket._peername; return socket.remoteAddress ?? "";',
      ]),
    ],
    works: [nowhere],
  },
  {
    without: [
      guard("an address has so many connections", connections, [
        "(perNetwork.get(network) ?? 0) >= bounds.perAddress",
        "false",
      ]),
    ],
    works: [manyOfOne],
  },
  {
    without: [
      guard("the server has so many connections", connections, ["all.size >= bounds.inAll", "false"]),
    ],
    works: [manyInAll],
  },
  {
    without: [
      guard("requests of a connection run one after the other", connection, [
        "if (!this.#running) {",
        "if (true) {",
      ]),
    ],
    works: [overtaking, queue],
  },
  {
    without: [
      guard("so many requests wait on a connection", connection, [
        "this.#waiting.length < MOST_WAITING",
        "true",
      ]),
    ],
    works: [queue],
  },
  {
    without: [
      guard("an answer waits for its peer for so long", connections, [
        "if (one.isOverdue(now, patience))",
        "if (false)",
      ]),
    ],
    works: [unread],
  },
  {
    without: [
      guard(
        "what is unreadable is not answered before the request that came first",
        "apps/api/src/http/connections/answer-socket.ts",
        ["if (running?.req.complete) {", "if (false) {"],
      ),
    ],
    works: [misplaced],
  },
];
