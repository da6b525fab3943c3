// createServerClient where a cookie cannot be set, and its options, against the server.
import { createClient } from "@projostack/sdk";
import {
  createServerClient,
  headerCookies,
  type CookieJar,
  type ServerClientOptions,
} from "@projostack/sdk/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { password, startServerOver, startTestServer, type TestServer } from "../kit/index.ts";
import {
  clientOf as clientOfUrl,
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

/** Sessions of the user that have not ended. */
const sessionsOf = async (email: string) =>
  await server.database.owner<{ id: string; user_agent: string | null; ip: string | null }>(
    `SELECT s.id, s.user_agent, s.ip FROM sessions s JOIN users u ON u.id = s.user_id
      WHERE u.email = $1 ORDER BY s.created_at`,
    [email],
  );

describe("A sign-in where the response cannot set cookies", () => {
  it("rejects with a sentence and ends the session, if set throws", async () => {
    const { email } = await signedUp();
    const before = await sessionsOf(email);
    const jar = new RenderedJar();
    const error = await failureOf(clientOf(jar).auth.signIn({ email, password }));
    expect(error).toMatchObject({
      code: "CALLBACK_FAILED",
      operation: "auth.signIn",
      mayHaveBeenCarriedOut: false,
    });
    expect(error.message).toBe(
      "The function cookies.set of the client's options failed: Error: Cookies can only be changed in an action. The client has ended the new session. Sign in where the response can set cookies, such as an action or a route.",
    );
    expect(await sessionsOf(email)).toEqual(before);
  });

  it("says that the account of a sign-up exists", async () => {
    const email = newEmail();
    const error = await failureOf(clientOf(new RenderedJar()).auth.signUp({ email, password }));
    expect(error).toMatchObject({ code: "CALLBACK_FAILED", mayHaveBeenCarriedOut: true });
    expect(error.message).toContain("The account exists.");
    expect(await sessionsOf(email)).toEqual([]);
  });

  it("says that the session could not be ended, and shows no token", async () => {
    const { email } = await signedUp();
    const broken: CookieJar = {
      get: () => undefined,
      set: (name, value) => {
        throw new Error(`The cookie ${name}=${value} is refused.`);
      },
    };
    const client = clientOf(broken, {
      maxRetries: 0,
      fetch: async (url, init) => {
        if (url.includes("auth.signOut")) throw new TypeError("fetch failed");
        return await fetch(url, init);
      },
    });
    const error = await failureOf(client.auth.signIn({ email, password }));
    expect(error.message).toContain("The new session could not be ended.");
    expect(`${error.stack} ${JSON.stringify(error)} ${String(error["cause"])}`).not.toContain("pjs_");
  });

  it("sends no request, if set is missing", async () => {
    const { email } = await signedUp();
    const before = await sessionsOf(email);
    const error = await failureOf(clientOf({ get: () => null }).auth.signIn({ email, password }));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toBe(
      "auth.signIn needs cookies with a method set. Call it where the response can set cookies, such as an action or a route.",
    );
    expect(await sessionsOf(email)).toEqual(before);
  });
});

describe("The browser of a request", () => {
  it("the browser is the device of the session, and the caller whose sign-ins are limited", async () => {
    const proxied = await startServerOver(server.database, { PROJO_TRUSTED_PROXIES: "127.0.0.1" });
    const email = newEmail();
    const browser = { userAgent: "Mozilla/5.0 (Xé11)", address: "203.0.113.7" };
    const jar = new Jar();
    await clientOf(jar, { baseUrl: proxied.url, browser }).auth.signUp({ email, password });
    expect(await sessionsOf(email)).toMatchObject([{ user_agent: "Mozilla/5.0 (X11)", ip: "203.0.113.7" }]);
    await proxied.close();
  });

  it.each(["", "1.2.3.4, 5.6.7.8", "x\r\ny: z", "unknown"])(
    "is not sent if the address is %j",
    async (address) => {
      let sent: Record<string, string> = {};
      const client = clientOf(new Jar(), {
        browser: { userAgent: "\u0000é", address },
        fetch: async (url, init) => {
          sent = init.headers;
          return await fetch(url, init);
        },
      });
      await client.system.health();
      expect(sent).not.toHaveProperty("x-forwarded-for");
      expect(sent["user-agent"]).toMatch(/^projostack-sdk/);
    },
  );
});

describe("headerCookies", () => {
  it("reads the headers of a request and writes those of a response", async () => {
    const { email } = await signedUp();
    const headers = new Headers();
    const signIn = clientOf(headerCookies(new Headers({ cookie: "theme=dark; lang=en" }), headers));
    await signIn.auth.signIn({ email, password });
    const [cookie = ""] = headers.getSetCookie();
    expect(cookie).toMatch(/^projo_session=pjs_[\w-]+; Max-Age=\d{7}; Path=\/; HttpOnly; SameSite=Lax$/);
    expect(headers.get("cache-control")).toBe("private, no-store");
    const [pair = ""] = cookie.split(";");
    const request = new Headers({ cookie: `theme=dark; ${pair}; xprojo_session=1` });
    expect((await clientOf(headerCookies(request)).auth.me()).user.email).toBe(email);
  });
});

describe("The options of createServerClient", () => {
  it.each([
    [undefined, "createServerClient needs options"],
    [{ baseUrl: "http://127.0.0.1:9" }, "cookies must be an object with the methods get and set."],
    [{ baseUrl: "http://127.0.0.1:9", cookies: Promise.resolve(new Jar()) }, "await the promise"],
    [{ baseUrl: "/api", cookies: new Jar() }, "Only a browser resolves a relative URL."],
    [{ baseUrl: "http://127.0.0.1:9", cookies: new Jar(), token: "pja_1" }, "without token and tokens"],
    [{ baseUrl: "http://127.0.0.1:9", cookies: new Jar(), cookie: 1 }, 'There is no option "cookie"'],
  ])("refuse %j with a sentence", (options, words) => {
    expect(() => createServerClient(options as never)).toThrow(words);
  });

  it("report a jar that cannot be read, and send no request", async () => {
    const client = clientOf({
      get: () => {
        throw new Error("The request is over.");
      },
    });
    const error = await failureOf(client.workspaces.create({ name: "x" }));
    expect(error).toMatchObject({ code: "CALLBACK_FAILED", mayHaveBeenCarriedOut: false });
    expect(error.message).toContain(
      "The function cookies.get of the client's options failed: Error: The request is over.",
    );
  });

  it("the error of createClient on a server names createServerClient", () => {
    expect(() => createClient({ baseUrl: server.url, session: "cookie" })).toThrow("createServerClient");
  });
});
