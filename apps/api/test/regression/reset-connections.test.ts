import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { arrive, call, foundWorkspace, join, startTestServer, type TestServer } from "../kit/index.ts";
import { getText, openPeer, postText, statusOf, type Peer } from "../sockets/peer.ts";

const WITHOUT_ADDRESS = `
  SELECT 'account event' AS kind, id FROM account_events WHERE coalesce(ip, '') = ''
   UNION ALL SELECT 'session', id FROM sessions WHERE ip = ''
   UNION ALL SELECT 'audit entry', id FROM audit_logs WHERE coalesce(personal_json -> 'ip' ->> 'value', '') = ''`;

const modes = [
  ["with trusted proxies", { PROJO_TRUSTED_PROXIES: "127.0.0.0/8,10.0.0.0/8" }],
  ["without proxies", {}],
] as const;

describe.each(modes)("F8 U9 requests on connections that are reset, %s", (_, env) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer(env);
  });
  afterAll(() => server.close());

  /** Sends a request on an accepted connection, and resets the connection before the server can have read the request. */
  async function sendAndReset(text: string): Promise<void> {
    const peer: Peer = await openPeer(server.url);
    peer.socket.write(getText("/livez"));
    const [answer] = await peer.answers(1);
    expect(statusOf(answer)).toBe(200);
    peer.socket.write(text);
    peer.socket.resetAndDestroy();
  }

  it("do not end the server, and their entries have an address", async () => {
    const ada = await arrive(server, "ada");
    const workspaceId = await foundWorkspace(ada);
    const viewer = await arrive(server, "viewer");
    await join(server, workspaceId, viewer, "viewer");
    const ofViewer = { authorization: `Bearer ${viewer.token}`, "x-workspace-id": workspaceId };
    const wrong = { email: "ada@example.com", password: "not the password of anybody" };
    for (let n = 0; n < 30; n += 1) {
      await sendAndReset(getText("/trpc/audit.list", { ...ofViewer, "x-request-id": `denied-${n}` }));
      await sendAndReset(postText("/trpc/auth.signIn", wrong));
      await sendAndReset(getText("/trpc/system.health", { "x-forwarded-for": "10.0.0.1, nobody, %%" }));
      await sendAndReset(getText("/trpc/system.health", { accept: "text/html", "x-forwarded-for": ",," }));
    }
    const recorded = () =>
      server.database.owner(
        "SELECT FROM audit_logs WHERE action = 'access.denied' AND request_id LIKE 'denied-%'",
      );
    // Without any such entry the test would prove nothing.
    await expect.poll(async () => (await recorded()).length).toBeGreaterThan(0);
    expect(await server.database.owner(WITHOUT_ADDRESS)).toEqual([]);
    expect((await call(server.url, "system.health")).status).toBe(200);
    expect(server.logLines.filter((line) => /"level":(50|60)/.test(line))).toEqual([]);
  });
});
