// Mutants of a stop: the announcement, the requests that arrive late, and the time limits of requests that arrive slowly.
import { setTimeout as delay } from "node:timers/promises";
import { whileLocked } from "@projostack/db/testing";
import type { TestServer } from "../../../kit/index.ts";
import { getText, openPeer, postText, statusOf } from "../../../sockets/peer.ts";
import { rowExists, team } from "../../attackers.ts";
import { guard, type Attack, type Mutant } from "../../mutant.ts";

/** Announces the stop of another server over the same database, and tries something until it closes. */
async function whileStopping(
  { startAnother }: TestServer,
  act: (server: TestServer) => Promise<boolean>,
): Promise<boolean> {
  const server = await startAnother({ PROJO_DRAIN_SECONDS: "60" });
  void server.drain();
  try {
    return await act(server);
  } finally {
    await server.close({ answersMs: 600 });
  }
}

const WORKSPACES = { lock: "LOCK TABLE workspaces IN ACCESS EXCLUSIVE MODE" };

/** @returns whether it becomes true within a second and a half */
async function isTrueSoon(condition: () => Promise<boolean>): Promise<boolean> {
  for (const end = Date.now() + 1_500; Date.now() < end; await delay(50)) if (await condition()) return true;
  return condition();
}

const reportsReady: Attack = {
  title: "/readyz returns 200 while the server is stopping",
  tryOn: (server) => whileStopping(server, async ({ url }) => (await fetch(`${url}/readyz`)).status === 200),
};

const keepsAlive: Attack = {
  title: "a stopping server answers with connection: keep-alive",
  tryOn: (server) =>
    whileStopping(server, async ({ url }) => {
      const peer = await openPeer(url);
      peer.socket.write(getText("/livez"));
      const [answer = ""] = await peer.answers(1);
      peer.socket.destroy();
      return statusOf(answer) === 200 && !/^connection: close\r$/im.test(answer);
    }),
};

const dropsPipelined: Attack = {
  title: "a request that was sent before the announcement of the close gets no answer",
  tryOn: async (server) => {
    const another = await server.startAnother({ PROJO_DRAIN_SECONDS: "60" });
    const peer = await openPeer(another.url);
    const wrong = { email: "nobody@example.com", password: "not the password of anybody" };
    peer.socket.write(postText("/trpc/auth.signIn", wrong));
    await delay(20);
    void another.drain();
    peer.socket.write(getText("/livez"));
    await peer.closed();
    const answers = await peer.answers(2);
    await another.close({ answersMs: 600 });
    return answers.length < 2;
  },
};

const runsAfterClose: Attack = {
  title: "a request that was sent after the announcement of the close is carried out",
  tryOn: (server) =>
    whileStopping(server, async (another) => {
      const { admin, id } = await team(another);
      const headers = { authorization: `Bearer ${admin.token}`, "x-workspace-id": id };
      const peer = await openPeer(another.url);
      // The head of a stream announces the close while its calls run.
      const stream = { ...headers, "trpc-accept": "application/jsonl" };
      await whileLocked(server.database, WORKSPACES, async (held) => {
        peer.socket.write(getText("/trpc/system.health,workspaces.list?batch=1", stream));
        await peer.answers(1);
        peer.socket.write(postText("/trpc/projects.create", { name: "After the announcement" }, headers));
        await held.untilWaiting(1);
        // The server has read the request before the stream ends.
        await delay(50);
      });
      const isCarriedOut = await isTrueSoon(() =>
        rowExists(
          server,
          "SELECT FROM projects WHERE workspace_id = $1 AND name = 'After the announcement'",
          [id],
        ),
      );
      peer.socket.destroy();
      return isCarriedOut;
    }),
};

const refusesArriving: Attack = {
  title: "a request that had begun to arrive when the listener closed is refused",
  tryOn: async ({ startAnother }) => {
    const another = await startAnother({});
    const peer = await openPeer(another.url);
    const text = getText("/livez");
    peer.socket.write(text.slice(0, 20));
    await delay(100);
    const closed = another.close({ answersMs: 2_000 });
    await delay(100);
    peer.socket.write(text.slice(20));
    const [answer] = await peer.answers(1);
    await closed;
    return statusOf(answer) !== 200;
  },
};

const outlivesIdle: Attack = {
  title: "a connection whose stream has ended delays the end of the server",
  tryOn: async (server) => {
    const another = await server.startAnother({});
    const { admin } = await team(another);
    const peer = await openPeer(another.url);
    const stream = { authorization: `Bearer ${admin.token}`, "trpc-accept": "application/jsonl" };
    return whileLocked(server.database, WORKSPACES, async (held) => {
      peer.socket.write(getText("/trpc/system.health,workspaces.list?batch=1", stream));
      await peer.answers(1);
      await held.untilWaiting(1);
      const startedAt = performance.now();
      const closed = another.close({ answersMs: 4_000 });
      // The stream ends while the server stops.
      await delay(100);
      await held.release();
      await closed;
      return performance.now() - startedAt > 3_000;
    });
  },
};

const endlessHeaders: Attack = {
  title: "a connection stays open for ten times the time limit of headers",
  tryOn: async ({ startAnother }) => {
    const another = await startAnother({ PROJO_HEADERS_SECONDS: "1" });
    const peer = await openPeer(another.url);
    peer.socket.write("GET /livez HTTP/1.1\r\nhost: test\r\n");
    const drops = setInterval(() => peer.socket.writable && peer.socket.write("x-more: and more\r\n"), 100);
    const isClosed = await peer.closed(10_000).then(
      () => true,
      () => false,
    );
    clearInterval(drops);
    peer.socket.destroy();
    await another.close({ answersMs: 600 });
    return !isClosed;
  },
};

const connections = "apps/api/src/http/connections";

export const stopping: readonly Mutant[] = [
  {
    removed: [
      guard("the readiness check says that the server is stopping", "apps/api/src/http/health-routes.ts", [
        "if (stop.isAnnounced)",
        "if (false)",
      ]),
    ],
    succeeds: [reportsReady],
  },
  {
    removed: [
      guard(
        "new connections announce the close while the server is stopping",
        `${connections}/connections.ts`,
        ["if (announcesClose) connection.announceClose();", ""],
      ),
    ],
    succeeds: [keepsAlive, runsAfterClose],
  },
  {
    removed: [
      guard("the announcement of the close moves to the last response", `${connections}/connection.ts`, [
        "if (this.#announcing) this.#announcing.shouldKeepAlive = true;",
        "",
      ]),
    ],
    succeeds: [dropsPipelined],
  },
  {
    removed: [
      guard("a request after the announcement of the close is dropped", `${connections}/connection.ts`, [
        "if (this.#announcing?.headersSent) return false;",
        "",
      ]),
      guard(
        "waiting requests are dropped when the server has ended its direction",
        `${connections}/connection.ts`,
        ["if (!this.socket.writable) this.#waiting = [];", ""],
      ),
    ],
    succeeds: [runsAfterClose],
  },
  {
    removed: [
      guard(
        "requests are served until shortly before the end of a stop",
        `${connections}/stop-connections.ts`,
        ["let isRefusing = false;", "let isRefusing = true;"],
      ),
    ],
    succeeds: [refusesArriving],
  },
  {
    removed: [
      guard("connections close when they become idle", `${connections}/connections.ts`, [
        "if (closesIdle) setImmediate(() => server.closeIdleConnections());",
        "",
      ]),
    ],
    succeeds: [outlivesIdle],
  },
  {
    removed: [
      guard("the time limits of requests are checked twice a second", "apps/api/src/http/app.ts", [
        "connectionsCheckingInterval: TIMEOUT_CHECK_MS,",
        "",
      ]),
    ],
    succeeds: [endlessHeaders],
  },
];
