// createServerClient against the server: a web server that calls it for browsers with a session cookie.
import type { CookieJar, ServerClientOptions } from "@projostack/sdk/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cookieRow, newCookieHolder, passTime } from "../cookies/holder.ts";
import { password, startServerOver, startTestServer, type TestServer } from "../kit/index.ts";
import {
  clientOf as clientOfUrl,
  COOKIE,
  DAY,
  failureOf,
  Jar,
  newEmail,
  RenderedJar,
  signedUp as signedUpAt,
} from "./web-server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const clientOf = (cookies: CookieJar, options?: Partial<ServerClientOptions>) =>
  clientOfUrl(server.url, cookies, options);
const signedUp = () => signedUpAt(server.url);

describe("createServerClient", () => {
  it("signs up, calls in a later request, and signs out", async () => {
    const { jar, token, user, ...rest } = await signedUp();
    expect(jar.written).toEqual([
      {
        name: COOKIE,
        value: token,
        attributes: {
          httpOnly: true,
          secure: false,
          sameSite: "lax",
          path: "/",
          maxAge: expect.closeTo(30 * DAY, -1),
        },
      },
    ]);
    expect(rest.session).not.toHaveProperty("accessToken");
    const later = new Jar({ theme: "dark", [COOKIE]: token });
    const client = clientOf(later);
    const { id } = await client.workspaces.create({ name: "Engines" });
    expect((await client.auth.me()).user.id).toBe(user.id);
    expect((await client.workspace(id).projects.list()).items).toEqual([]);
    expect(later.written).toEqual([]);
    await client.auth.signOut();
    expect(later.written).toMatchObject([{ name: COOKIE, value: "", attributes: { maxAge: 0, path: "/" } }]);
    expect(await failureOf(client.auth.me())).toMatchObject({ reason: "auth.unauthenticated" });
    expect(await failureOf(clientOf(new Jar({ [COOKIE]: token })).auth.me())).toMatchObject({ status: 401 });
  });

  it("uses the new session in the rest of the request of a sign-in", async () => {
    const { email, jar, session } = await signedUp();
    const client = clientOf(jar);
    await client.auth.me();
    const again = await client.auth.signIn({ email, password });
    const { items } = await client.sessions.list();
    expect(items.find((device) => device.current)?.id).toBe(again.session.id);
    expect(again.session.id).not.toBe(session.id);
  });

  it.each(["__Host-projo_session", "__Secure-projo_session", "projo_session"])(
    "sends the cookie %s, and no other cookie",
    async (name) => {
      let sent: Record<string, string> = {};
      const client = clientOf(new Jar({ theme: "dark", other_session: "x", [name]: "pjs_abc" }), {
        fetch: async (url, init) => {
          sent = init.headers;
          expect(init).not.toHaveProperty("credentials");
          return await fetch(url, init);
        },
      });
      await failureOf(client.auth.me());
      expect(sent).toMatchObject({ cookie: `${name}=pjs_abc`, "x-session": "cookie" });
      expect(sent).not.toHaveProperty("authorization");
    },
  );

  it.each(["pjs_a; theme=x", "pjs_a\r\nx-evil: 1", "pjs_ä", "", '"pjs_a"'])(
    "does not send the value %j",
    async (value) => {
      let sent: Record<string, string> = { cookie: "unset" };
      const client = clientOf(new Jar({ [COOKIE]: value }), {
        fetch: async (url, init) => {
          sent = init.headers;
          return await fetch(url, init);
        },
      });
      expect(await failureOf(client.auth.me())).toMatchObject({ reason: "auth.unauthenticated" });
      expect(sent).not.toHaveProperty("cookie");
    },
  );

  it("keeps the users of concurrent requests apart", async () => {
    const users = await Promise.all([signedUp(), signedUp(), signedUp()]);
    const calls = users.flatMap(({ jar, email }) =>
      Array.from({ length: 5 }, async () => [email, (await clientOf(jar).auth.me()).user.email]),
    );
    for (const [expected, actual] of await Promise.all(calls)) expect(actual).toBe(expected);
  });

  it("deletes the cookie of a session that has ended", async () => {
    const { jar, email, session } = await signedUp();
    const other = new Jar();
    const elsewhere = clientOf(other);
    await elsewhere.auth.signIn({ email, password });
    await elsewhere.sessions.revoke({ id: session.id });
    const client = clientOf(jar);
    const calls = await Promise.all([failureOf(client.auth.me()), failureOf(client.workspaces.list())]);
    expect(calls.map(({ reason }) => reason)).toEqual(["auth.unauthenticated", "auth.unauthenticated"]);
    expect(jar.written.slice(1)).toMatchObject([{ value: "", attributes: { maxAge: 0 } }]);
  });

  it("sets the attributes of the server: __Host- and Secure behind HTTPS, and the domain of PROJO_COOKIE_DOMAIN", async () => {
    for (const [env, name, attributes] of [
      [{ PROJO_APP_URL: "https://app.example.com" }, "__Host-projo_session", { secure: true, path: "/" }],
      [
        { PROJO_APP_URL: "https://app.example.com", PROJO_COOKIE_DOMAIN: "example.com" },
        "__Secure-projo_session",
        { secure: true, domain: "example.com" },
      ],
    ] as const) {
      const other = await startServerOver(server.database, env);
      const jar = new Jar();
      const client = clientOf(jar, { baseUrl: other.url });
      await client.auth.signUp({ email: newEmail(), password });
      expect(jar.written).toMatchObject([
        { name, attributes: { httpOnly: true, sameSite: "lax", ...attributes } },
      ]);
      await clientOf(jar, { baseUrl: other.url }).auth.me();
      await other.close();
    }
  });
});

describe("The successor of a cookie", () => {
  it("the successor is set once for all calls of a request, which go on with the old cookie", async () => {
    const holder = await newCookieHolder(server);
    await passTime(server, holder.sessionId, 2 * DAY);
    const jar = new Jar({ [COOKIE]: holder.token(1) });
    const sent = new Set<string | undefined>();
    const client = clientOf(jar, {
      fetch: async (url, init) => {
        sent.add(init.headers["cookie"]);
        return await fetch(url, init);
      },
    });
    await Promise.all(Array.from({ length: 6 }, () => client.auth.me()));
    await client.workspaces.list();
    expect(jar.written).toMatchObject([{ name: COOKIE, value: holder.token(2) }]);
    expect([...sent]).toEqual([`${COOKIE}=${holder.token(1)}`]);
    // The next request of the browser.
    await clientOf(jar).auth.me();
    expect(await cookieRow(server, holder.sessionId)).toMatchObject({ generation: 2 });
  });

  it.each([
    ["throws", (token: string): CookieJar => new RenderedJar({ [COOKIE]: token })],
    ["is missing", (token: string): CookieJar => ({ get: (name) => (name === COOKIE ? token : undefined) })],
  ])("is left out if set %s, and the session continues", async (_, jarOf) => {
    const holder = await newCookieHolder(server);
    await passTime(server, holder.sessionId, 2 * DAY);
    for (let renders = 0; renders < 3; renders += 1) {
      const client = clientOf(jarOf(holder.token(1)));
      await Promise.all([client.auth.me(), client.workspaces.list()]);
      await passTime(server, holder.sessionId, 600);
    }
    const jar = new Jar({ [COOKIE]: holder.token(1) });
    await clientOf(jar).auth.me();
    expect(jar.cookies.get(COOKIE)).toBe(holder.token(2));
    await clientOf(jar).auth.me();
  });

  it("the successor does not replace a session that another call of the request has started", async () => {
    const holder = await newCookieHolder(server);
    await passTime(server, holder.sessionId, 2 * DAY);
    const jar = new Jar({ [COOKIE]: holder.token(1) });
    let release: (() => void) | undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const client = clientOf(jar, {
      fetch: async (url, init) => {
        const answer = await fetch(url, init);
        if (url.includes("auth.me")) await held;
        return answer;
      },
    });
    const slow = client.auth.me();
    await new Promise((resolve) => setTimeout(resolve, 200));
    const { session } = await client.auth.signIn({ email: holder.person.email, password });
    release?.();
    await slow;
    expect(jar.written).toHaveLength(1);
    const { items } = await clientOf(jar).sessions.list();
    expect(items.find((device) => device.current)?.id).toBe(session.id);
  });
});
