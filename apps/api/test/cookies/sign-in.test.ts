import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseCookieToken } from "../../src/identity/tokens/tokens.ts";
import {
  arrive,
  Browser,
  call,
  cookieMode,
  password,
  setCookiesOf,
  signInWithCookie,
  startTestServer,
  type Answer,
  type Person,
  type TestServer,
} from "../kit/index.ts";

let server: TestServer;
let ada: Person;
beforeAll(async () => {
  server = await startTestServer();
  ada = await arrive(server, "ada");
});
afterAll(() => server.close());

const keysOf = ({ data }: Answer): string[] => Object.keys(data as object);

const THIRTY_DAYS = 30 * 24 * 60 * 60;

describe("A sign-in with x-session: cookie", () => {
  it("sets the cookie and returns no tokens", async () => {
    const browser = new Browser(server.url);
    const answer = await browser.call("auth.signIn", { email: ada.email, password });
    expect(answer.status).toBe(200);
    expect(keysOf(answer)).toEqual(["user", "session"]);
    expect(answer.text).not.toMatch(/pj[a-z]_/);
    const [cookie] = setCookiesOf(answer);
    expect(cookie?.name).toBe("projo_session");
    expect(cookie?.value).toMatch(/^pjs_[\w-]{88}$/);
    const { "max-age": maxAge, ...attributes } = cookie?.attributes ?? {};
    expect(attributes).toEqual({ path: "/", httponly: "", samesite: "Lax" });
    expect(Number(maxAge)).toBeGreaterThan(THIRTY_DAYS - 60);
    expect(Number(maxAge)).toBeLessThanOrEqual(THIRTY_DAYS);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.headers.get("vary")).toBe("trpc-accept, accept, x-session, cookie, origin");
    const me = await browser.call("auth.me");
    expect(me.data).toMatchObject({ user: { id: ada.id }, session: { id: answer.data.session.id } });
    expect(setCookiesOf(me)).toEqual([]);
  });

  it("works for a sign-up, and for its repetition with the same idempotency key", async () => {
    const browser = new Browser(server.url);
    const input = { email: "grace@example.com", password };
    const options = { headers: { "idempotency-key": "one" } };
    const first = await browser.call("auth.signUp", input, options);
    expect(keysOf(first)).toEqual(["user", "session"]);
    const again = await new Browser(server.url).call("auth.signUp", input, options);
    expect(again.data.user).toEqual(first.data.user);
    expect(setCookiesOf(again)).toHaveLength(1);
    expect((await browser.call("auth.me")).data.user.email).toBe(input.email);
  });

  it("sets no cookie when the password is wrong", async () => {
    const browser = new Browser(server.url);
    const answer = await browser.call("auth.signIn", { email: ada.email, password: "another one, wrong" });
    expect(answer.error?.reason).toBe("auth.invalid_credentials");
    expect(answer.headers.getSetCookie()).toEqual([]);
  });
});

describe("A request without x-session: cookie", () => {
  it("the request does not use the cookie", async () => {
    const browser = await signInWithCookie(server.url, ada);
    const answer = await call(server.url, "auth.me", { headers: { cookie: browser.cookieHeader } });
    expect(answer.error?.reason).toBe("auth.unauthenticated");
    expect(answer.headers.getSetCookie()).toEqual([]);
  });

  it("gets tokens and no cookie when it signs in", async () => {
    const answer = await call(server.url, "auth.signIn", { input: { email: ada.email, password } });
    expect(answer.data).toMatchObject({ accessToken: expect.stringMatching(/^pja_/) });
    expect(answer.headers.getSetCookie()).toEqual([]);
    expect(answer.headers.get("vary")).toBe("trpc-accept, accept");
  });
});

describe("Bearer tokens and cookies", () => {
  it("bearer tokens and cookies are not accepted in the place of each other", async () => {
    const browser = await signInWithCookie(server.url, ada);
    const bearer = await call(server.url, "auth.me", { token: browser.token });
    expect(bearer.error?.reason).toBe("auth.unauthenticated");
    const { data } = await call(server.url, "auth.signIn", { input: { email: ada.email, password } });
    for (const token of [String(data.accessToken), String(data.refreshToken)]) {
      const other = new Browser(server.url);
      other.jar.set("projo_session", token);
      const answer = await other.call("auth.me");
      expect(answer.error?.reason).toBe("auth.unauthenticated");
      expect(other.jar.size).toBe(0);
    }
    expect((await call(server.url, "auth.me", { token: data.accessToken })).status).toBe(200);
    expect((await browser.call("auth.me")).status).toBe(200);
  });

  it("cannot be sent together", async () => {
    const browser = await signInWithCookie(server.url, ada);
    const answer = await browser.call("auth.me", undefined, { token: ada.token });
    expect([answer.status, answer.error?.reason]).toEqual([400, "session.mode_invalid"]);
    expect(browser.jar.size).toBe(1);
  });

  it("have one value of x-session", async () => {
    for (const value of ["bearer", "Cookie", "cookie, cookie", ""]) {
      const answer = await call(server.url, "auth.me", { headers: { "x-session": value } });
      expect([answer.status, answer.error?.reason], value).toEqual([400, "session.mode_invalid"]);
    }
  });

  it("bearer tokens and cookies are not exchanged for each other by auth.refresh", async () => {
    const browser = await signInWithCookie(server.url, ada);
    const { data } = await call(server.url, "auth.signIn", { input: { email: ada.email, password } });
    const answer = await browser.call("auth.refresh", { refreshToken: data.refreshToken });
    expect([answer.status, answer.error?.reason]).toEqual([400, "session.mode_invalid"]);
    const spent = await call(server.url, "auth.refresh", { input: { refreshToken: browser.token } });
    expect(spent.error?.reason).toBe("auth.unauthenticated");
  });
});

describe("The end of a cookie session", () => {
  it.each(["auth.signOut", "auth.signOutEverywhere"])("deletes the cookie with %s", async (name) => {
    const person = await arrive(server, `end-${name.toLowerCase()}`);
    const browser = await signInWithCookie(server.url, person);
    const copy = new Browser(server.url);
    for (const [key, value] of browser.jar) copy.jar.set(key, value);
    const answer = await browser.call(name, {});
    expect(answer.status).toBe(200);
    const [cookie] = setCookiesOf(answer);
    expect(cookie).toEqual({
      name: "projo_session",
      value: "",
      attributes: { "max-age": "0", path: "/", httponly: "", samesite: "Lax" },
    });
    const refused = await copy.call("auth.me");
    expect([refused.status, refused.error?.reason]).toEqual([401, "auth.unauthenticated"]);
    expect(copy.jar.size).toBe(0);
  });

  it("happens also with sessions.revoke, a password change elsewhere, and a password reset", async () => {
    const person = await arrive(server, "elsewhere");
    const [browser, other] = [
      await signInWithCookie(server.url, person),
      await signInWithCookie(server.url, person),
    ];
    const { items } = (await browser.call("sessions.list", {})).data as { items: { id: string }[] };
    const id = parseCookieToken(browser.token)?.claims.sessionId;
    expect(items.find((item) => item.id === id)).toMatchObject({
      mode: "cookie",
      current: true,
    });
    expect(items.at(-1)).toMatchObject({ mode: "bearer", current: false });
    const newPassword = "an entirely different horse";
    expect((await other.call("password.change", { currentPassword: password, newPassword })).status).toBe(
      200,
    );
    expect((await other.call("auth.me")).status).toBe(200);
    expect((await browser.call("auth.me")).status).toBe(401);
    expect(browser.jar.size).toBe(0);
    const otherId = parseCookieToken(other.token)?.claims.sessionId;
    expect((await other.call("sessions.revoke", { id: otherId })).status).toBe(200);
    expect(other.jar.size).toBe(0);
  });

  it("a sign-out without a cookie is not an error", async () => {
    const answer = await call(server.url, "auth.signOut", { headers: cookieMode });
    expect(answer.status).toBe(200);
    expect(answer.headers.getSetCookie()).toEqual([]);
  });
});
