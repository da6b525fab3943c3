// Clients whose session is in a cookie, against the server. A recorded fetch keeps the cookies as a browser does.
import { createClient, type CookieClient, type Fetch } from "@projostack/sdk";
import { projoLink, type AppRouter, type Transport } from "@projostack/sdk/trpc";
import { createTRPCClient, httpBatchLink, httpBatchStreamLink, httpLink } from "@trpc/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Browser, cookieFetch, password, startTestServer, type TestServer } from "../kit/index.ts";

let server: TestServer;
let userCount = 0;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const newEmail = () => `cookie-client-${(userCount += 1)}@example.com`;
const clientOf = (browser: Browser): CookieClient =>
  createClient({ baseUrl: server.url, session: "cookie", fetch: cookieFetch(browser) });

async function signedUp() {
  const browser = new Browser(server.url);
  const client = clientOf(browser);
  const email = newEmail();
  const signedIn = await client.auth.signUp({ email, password });
  return { browser, client, email, ...signedIn };
}

const reasonOf = async (call: Promise<unknown>): Promise<unknown> =>
  await call.then(
    () => "success",
    (error: { reason?: string }) => error.reason,
  );

describe("A client whose session is in a cookie", () => {
  it("signs up and works, and its results have no tokens", async () => {
    const { browser, client, email, user, session, ...rest } = await signedUp();
    expect(rest).toEqual({});
    expect(browser.token).toMatch(/^pjs_/);
    expect((await client.auth.me()).user).toMatchObject({ id: user.id, email });
    const { id } = await client.workspaces.create({ name: "Engines" });
    const project = await client.workspace(id).projects.create({ name: "Notes" });
    await client.workspace(id).tasks.create({ projectId: project.id, title: "Note G" });
    expect(await client.workspace(id).tasks.list().all()).toHaveLength(1);
    const { items } = await client.sessions.list();
    expect(items.find((device) => device.current)).toMatchObject({ id: session.id, mode: "cookie" });
  });

  it("the client is signed out with every client of the browser, and signs in again", async () => {
    const { browser, client, email, session } = await signedUp();
    const other = clientOf(browser);
    await other.auth.signOut();
    expect(browser.jar.size).toBe(0);
    expect(await reasonOf(client.auth.me())).toBe("auth.unauthenticated");
    const again = await client.auth.signIn({ email, password });
    expect(Object.keys(again).toSorted()).toEqual(["session", "user"]);
    expect(again.session.id).not.toBe(session.id);
    expect((await other.auth.me()).user.email).toBe(email);
  });

  it("gets 401 after its session was revoked, and loses the cookie", async () => {
    const { browser, client, email, session } = await signedUp();
    const elsewhere = clientOf(new Browser(server.url));
    await elsewhere.auth.signIn({ email, password });
    await elsewhere.sessions.revoke({ id: session.id });
    const error: unknown = await client.workspaces.list().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({
      status: 401,
      reason: "auth.unauthenticated",
      operation: "workspaces.list",
    });
    expect(browser.jar.size).toBe(0);
  });

  it("the server tells the client that its session is not refreshed", async () => {
    const { client } = await signedUp();
    const name: string = "auth.refresh";
    expect(await reasonOf(client.call(name, { refreshToken: "pjr_x" }))).toBe("session.mode_invalid");
  });

  it("repeats a mutation whose answer was lost with one effect", async () => {
    const { browser, client } = await signedUp();
    const { id } = await client.workspaces.create({ name: "Engines" });
    let requests = 0;
    const losing: Fetch = async (url, init) => {
      const answer = await cookieFetch(browser)(url, init);
      requests += 1;
      if (requests === 1) throw new TypeError("The answer is lost.");
      return answer;
    };
    const lossy = createClient({ baseUrl: server.url, session: "cookie", fetch: losing, workspaceId: id });
    await lossy.projects.create({ name: "Notes" });
    expect(requests).toBe(2);
    expect(await lossy.projects.list().all()).toHaveLength(1);
  });
});

const transports: [string, Transport | undefined][] = [
  ["the SDK", undefined],
  ["httpLink", httpLink],
  ["httpBatchLink", httpBatchLink],
  ["httpBatchStreamLink", httpBatchStreamLink],
];

describe.each(transports)("projoLink with a session cookie and %s", (_, transport) => {
  it("signs in, calls, and signs out", async () => {
    const { browser, email, user } = await signedUp();
    await clientOf(browser).auth.signOut();
    const link = projoLink({
      baseUrl: server.url,
      session: "cookie",
      transport,
      fetch: cookieFetch(browser),
    });
    const trpc = createTRPCClient<AppRouter>({ links: [link] });
    expect(await trpc.auth.signIn.mutate({ email, password })).not.toHaveProperty("accessToken");
    expect(browser.token).toMatch(/^pjs_/);
    const [me, workspaces] = await Promise.all([trpc.auth.me.query(), trpc.workspaces.list.query({})]);
    expect([me.user.id, workspaces.items]).toEqual([user.id, []]);
    await trpc.auth.signOut.mutate({});
    expect(browser.jar.size).toBe(0);
    await expect(trpc.auth.me.query()).rejects.toMatchObject({ data: { reason: "auth.unauthenticated" } });
  });
});
