// B1 The answers of a server that stops, and those to requests that did not arrive in time.
import { setTimeout as delay } from "node:timers/promises";
import { expect, it } from "vitest";
import { arrive, foundWorkspace, startTestServer } from "../kit/index.ts";
import { getText, openPeer, statusOf, type Peer } from "../sockets/peer.ts";
import { requestText } from "../regression/raw-requests.ts";
import { allowing, APP, FOREIGN } from "./origins.ts";

const permits = (answer: string, origin: string): boolean =>
  answer.includes(`access-control-allow-origin: ${origin}\r\n`) &&
  answer.includes("access-control-allow-credentials: true\r\n") &&
  /\r\naccess-control-expose-headers: [^\r]*retry-after/.test(answer);
const variesByOrigin = (answer: string): boolean => /\r\nvary: (?:[^\r]*, )?origin/.test(answer);

it.each(["true", "false"])(
  "B1 a stopping server refuses late requests in a form that pages can read, and answers preflights (PROJO_FAST_PATH=%s)",
  async (isFast) => {
    const server = await startTestServer({ ...allowing, PROJO_FAST_PATH: isFast });
    /** Sends all of a request except for its end, so that the stopping server waits for it. */
    const begin = async (text: string): Promise<{ peer: Peer; rest: string }> => {
      const peer = await openPeer(server.url);
      peer.socket.write(text.slice(0, -2));
      return { peer, rest: text.slice(-2) };
    };
    const method = "access-control-request-method: GET";
    const begun = [
      await begin(getText("/trpc/system.health", { origin: APP })),
      await begin(getText("/livez", { origin: APP })),
      await begin(getText("/livez", { origin: FOREIGN })),
      await begin(requestText("OPTIONS", "/trpc/auth.me", [`origin: ${APP}`, method])),
      await begin(requestText("OPTIONS", "/trpc/auth.me", [`origin: ${FOREIGN}`, method])),
    ];
    await delay(300);
    // It refuses in the last half second.
    const closed = server.close({ answersMs: 700 });
    await delay(300);
    const answers = await Promise.all(
      begun.map(async ({ peer, rest }) => {
        peer.socket.write(rest);
        await peer.closed();
        return peer.received();
      }),
    );
    await closed;
    expect(answers.map(statusOf)).toEqual([503, 503, 503, 204, 503]);
    expect(answers.map((answer) => permits(answer, APP))).toEqual([true, true, false, true, false]);
    expect(answers.map(variesByOrigin)).toEqual([true, true, true, true, true]);
    expect(answers.filter((answer) => answer.includes(FOREIGN))).toEqual([]);
  },
);

it("B1 a page can read the refusal of a request that a stopping server could not answer in time", async () => {
  const server = await startTestServer({ ...allowing, PROJO_FAST_PATH: "true" });
  const ada = await arrive(server, "ada");
  await foundWorkspace(ada);
  // The owner of the table holds a lock for longer than the server waits.
  const held = server.database.owner("LOCK TABLE workspaces IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(8)");
  await delay(100);
  const peers = await Promise.all(
    [APP, FOREIGN].map(async (origin) => {
      const peer = await openPeer(server.url);
      peer.socket.write(getText("/trpc/workspaces.list", { authorization: `Bearer ${ada.token}`, origin }));
      return peer;
    }),
  );
  await delay(200);
  const closed = server.close();
  for (const peer of peers) await peer.closed();
  const answers = peers.map((peer) => peer.received());
  expect(answers.map(statusOf)).toEqual([503, 503]);
  expect(answers.map((answer) => permits(answer, APP))).toEqual([true, false]);
  expect(answers.map(variesByOrigin)).toEqual([true, true]);
  expect(answers.filter((answer) => answer.includes(FOREIGN))).toEqual([]);
  await closed;
  await held;
});

it("B1 a page can read the refusal of a request whose body did not arrive in time", async () => {
  const env = { PROJO_HEADERS_SECONDS: "1", PROJO_REQUEST_SECONDS: "1", PROJO_FAST_PATH: "true" };
  const server = await startTestServer({ ...allowing, ...env });
  try {
    const peer = await openPeer(server.url);
    const length = ["content-type: application/json", "content-length: 9"];
    peer.socket.write(requestText("POST", "/trpc/auth.signIn", [`origin: ${APP}`, ...length]));
    await peer.closed();
    expect(statusOf(peer.received())).toBe(408);
    expect(permits(peer.received(), APP)).toBe(true);
    expect(variesByOrigin(peer.received())).toBe(true);
  } finally {
    await server.close();
  }
});
