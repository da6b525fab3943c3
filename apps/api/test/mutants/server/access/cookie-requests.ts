// Mutants of the checks of requests with session cookies: the header that asks for them, their origin, and the cookies of answers.
import { COOKIE, newCookieHolder, passTime } from "../../../cookies/holder.ts";
import { Browser, call, password, setCookiesOf } from "../../../kit/index.ts";
import { newUser, succeeded } from "../../attackers.ts";
import { guard, type Attack, type Mutant } from "../../mutant.ts";

const modeFile = "apps/api/src/http/cookie-mode.ts";
const trustFile = "apps/api/src/cookies/is-trusted-request.ts";
const cookieFile = "apps/api/src/cookies/session-cookie.ts";
const readFile = "apps/api/src/cookies/read-cookie.ts";
const builderFile = "apps/api/src/rpc/procedure-builder.ts";

const DAY = 24 * 60 * 60;

/** Calls `auth.me` with the cookie of a user and these headers. */
const meWith = (title: string, headers: Readonly<Record<string, string>>): Attack => ({
  title,
  tryOn: async (server) => {
    const cookie = (await newCookieHolder(server)).browser(1).cookieHeader;
    return succeeded(await call(server.url, "auth.me", { headers: { cookie, ...headers } }));
  },
});

const mode = { "x-session": "cookie" };
const simple = meWith("a request without x-session uses the cookie, as a form of another site could", {});
const foreign = meWith("a page of a foreign origin uses the cookie", {
  ...mode,
  origin: "https://evil.example",
});
const otherSite = meWith("a page of another site uses the cookie without an origin", {
  ...mode,
  "sec-fetch-site": "cross-site",
});
const sisterSite = meWith("a page of a sister host uses the cookie without an origin", {
  ...mode,
  "sec-fetch-site": "same-site",
});

const twoCredentials: Attack = {
  title: "a request with a cookie and a bearer token is answered",
  tryOn: async (server) => {
    const { person, browser } = await newCookieHolder(server);
    return succeeded(await browser(1).call("auth.me", undefined, { token: person.token }));
  },
};

const fixation: Attack = {
  title: "a cookie that another host of the domain set takes the place of the user's",
  tryOn: async (server) => {
    const [attacker, victim] = [await newCookieHolder(server), await newCookieHolder(server)];
    const cookie = `${COOKIE}=${attacker.token(1)}; ${COOKIE}=${victim.token(1)}`;
    return succeeded(await call(server.url, "auth.me", { headers: { ...mode, cookie } }));
  },
};

const keptCookie: Attack = {
  title: "a browser keeps the cookie of an ended session",
  tryOn: async (server) => {
    const { sessionId, browser } = await newCookieHolder(server);
    await server.database.owner("DELETE FROM sessions WHERE id = $1", [sessionId]);
    const tab = browser(1);
    await tab.call("auth.me");
    return tab.jar.size > 0;
  },
};

const lacks = (attribute: string, title: string): Attack => ({
  title,
  tryOn: async (server) => {
    const { sessionId, browser } = await newCookieHolder(server);
    await passTime(server, sessionId, DAY);
    const [cookie] = setCookiesOf(await browser(1).call("auth.me"));
    return cookie !== undefined && !(attribute in cookie.attributes);
  },
});
const overPlainHttp: Attack = {
  title: "a browser sends the cookie of an https:// application over plain HTTP",
  tryOn: async (server) => {
    const { email } = await newUser(server);
    const secure = await server.startAnother({ PROJO_APP_URL: "https://app.example.com" });
    try {
      const answer = await new Browser(secure.url).call("auth.signIn", { email, password });
      const [cookie] = setCookiesOf(answer);
      if (!cookie) throw new Error("The sign-in set no cookie.");
      return !("secure" in cookie.attributes);
    } finally {
      await secure.close();
    }
  },
};
const readable = lacks("httponly", "a script of the page reads the cookie");
const unrestricted = lacks("samesite", "a browser sends the cookie with requests of other sites");

export const cookieRequests: readonly Mutant[] = [
  {
    removed: [
      guard("a request without x-session does not use the cookie", modeFile, [
        'if (mode === undefined) return false;\n  if (mode !== "cookie")',
        'if (mode !== undefined && mode !== "cookie")',
      ]),
    ],
    succeeds: [simple],
  },
  {
    removed: [
      guard("the origin of a request with a cookie is checked", modeFile, [
        'if (!isTrustedRequest(headers)) throw new Failure("request.cross_site");',
        "",
      ]),
    ],
    succeeds: [foreign, otherSite, sisterSite],
    stillBlocked: [twoCredentials],
  },
  {
    removed: [
      guard("a foreign origin is refused", trustFile, [
        "if (origin !== undefined && !isTrusted(origin, host)) return false;",
        "",
      ]),
    ],
    succeeds: [foreign],
    stillBlocked: [otherSite, sisterSite],
  },
  {
    removed: [
      guard("requests of another site are refused", trustFile, [
        "default:\n        return false;",
        "default:\n        return true;",
      ]),
    ],
    succeeds: [otherSite],
    stillBlocked: [foreign, sisterSite],
  },
  {
    removed: [
      guard("requests of the same site need an origin", trustFile, [
        "return origin !== undefined;",
        "return true;",
      ]),
    ],
    succeeds: [sisterSite],
    stillBlocked: [foreign, otherSite],
  },
  {
    removed: [
      guard("a cookie and a bearer token exclude each other", modeFile, [
        "if (headers.authorization !== undefined)",
        'if (headers.authorization === "")',
      ]),
    ],
    succeeds: [twoCredentials],
  },
  {
    removed: [
      guard("two different session cookies are refused", readFile, [
        'if (found !== null && found !== value) return "several";',
        "if (found !== null) continue;",
      ]),
    ],
    succeeds: [fixation],
  },
  {
    removed: [
      guard("an answer 401 deletes the cookie", builderFile, [
        "if (endsCookie.has(failure.reason)) ctx.cookie?.clear();",
        "",
      ]),
    ],
    succeeds: [keptCookie],
  },
  {
    removed: [guard("the cookie is HttpOnly", cookieFile, ['    "HttpOnly",\n', ""])],
    succeeds: [readable],
  },
  {
    removed: [guard("the cookie is Secure", cookieFile, ['    ...(isSecure ? ["Secure"] : []),\n', ""])],
    succeeds: [overPlainHttp],
  },
  {
    removed: [guard("the cookie is SameSite", cookieFile, ['    "SameSite=Lax",\n', ""])],
    succeeds: [unrestricted],
  },
];
