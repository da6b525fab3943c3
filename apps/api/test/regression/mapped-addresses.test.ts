// A server that listens for both IP versions sees IPv4 callers as ::ffff:192.0.2.1. It shows them as IPv4 addresses.
import { createServer } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { call, password, startTestServer, type Answer, type TestServer } from "../kit/index.ts";

// A socket at this address serves IPv4 callers of this machine alone, as one for both versions serves all.
const HOST = "::ffff:127.0.0.1";
const hasIpv6 = await canListen(HOST);

let server: TestServer | undefined;
beforeAll(async () => {
  if (hasIpv6) {
    server = await startTestServer({
      HOST,
      PROJO_TRUSTED_PROXIES: "127.0.0.1",
      PROJO_TOKEN_KEYS: "auto",
      PROJO_MAIL: "files",
    });
  }
});
afterAll(() => server?.close());

it("shows the IPv4 address of a caller in the sessions, the audit log and the log", async ({ skip }) => {
  if (!server) return skip("This machine has no IPv6.");
  const url = `http://127.0.0.1:${new URL(server.url).port}`;
  const { data } = await call(url, "auth.signUp", { input: { email: "ada@example.com", password } });
  const token = String(data.accessToken);
  const workspace = await call(url, "workspaces.create", { input: { name: "Acme" }, token });
  const sessions = await call(url, "sessions.list", { token });
  expect(sessions.data.items).toMatchObject([{ ip: "127.0.0.1" }]);
  // The trusted proxy is recognised too, although its address arrives in the mapped form.
  const headers = { "x-forwarded-for": "::ffff:192.0.2.7" };
  await call(url, "auth.signIn", { input: { email: "ada@example.com", password }, headers });
  const all: Answer = await call(url, "sessions.list", { token });
  expect(addressesIn(all).toSorted()).toEqual(["127.0.0.1", "192.0.2.7"]);
  const audit = await call(url, "audit.list", { token, workspaceId: String(workspace.data.id), input: {} });
  expect(addressesIn(audit)).toContain("127.0.0.1");
  const requests = server.logLines.filter((line) => line.includes(`"ip":`));
  expect(requests.length).toBeGreaterThan(0);
  expect(JSON.stringify([all.data, audit.data, requests])).not.toContain("::ffff");
});

const addressesIn = ({ data }: Answer): string[] =>
  (data as { items: { ip: string }[] }).items.map(({ ip }) => ip);

function canListen(host: string): Promise<boolean> {
  const probe = createServer();
  return new Promise((resolve) => {
    probe.on("error", () => resolve(false));
    probe.listen(0, host, () => void probe.close(() => resolve(true)));
  });
}
