import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { mailFor, startTestServer, type TestServer } from "@projostack/api/testing";
import type { Fetch } from "@projostack/sdk";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { expectDone, openShell, openSignedIn, PASSWORD, type Shell } from "./kit.ts";
import { expire, putTokens, rotations, storedServer, storedTokens } from "./stored-tokens.ts";

let server: TestServer;
let shell: Shell;
let people = 0;
let email: string;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(async () => {
  await server?.close();
});

beforeEach(async () => {
  email = `ann${(people += 1)}@example.com`;
  shell = await openSignedIn(server.url, email);
});

afterEach(async () => {
  await shell.close();
});

const NEW_PASSWORD = "another long and quiet river";
const projo = (...argv: string[]) => expectDone(shell.projo(argv));

/** A network on which every refresh gets lost. */
const withoutRefresh: Fetch = (url, init) =>
  url.endsWith("auth.refresh") ? Promise.reject(new TypeError("fetch failed")) : fetch(url, init);

/** The same person on another machine. */
async function elsewhere(password = PASSWORD): Promise<Shell> {
  const other = await openShell(server.url);
  await expectDone(other.projo(["login", email, "--password-stdin"], { stdin: password }));
  return other;
}

describe("an access token that has expired", () => {
  it("is renewed without a word, and what is stored is the session's next", async () => {
    const before = await storedTokens(shell.home, server.url);
    await expire(shell.home, server);
    expect(await projo("tasks", "list")).toMatchObject({ code: 0, err: expect.not.stringContaining("sign") });
    const after = await storedTokens(shell.home, server.url);
    expect(after.sessionId).toBe(before.sessionId);
    expect(after.refreshToken).not.toBe(before.refreshToken);
    expect(await rotations(server, after.sessionId)).toBe(1);
    expect((await storedServer(shell.home, server.url))?.workspace?.name).toBe("Acme");
    expect(await readdir(join(shell.home, ".config", "projo"))).toEqual(["credentials.json"]);
  });

  it("S2 is renewed once for ten commands at a time, and none of them is signed out", async () => {
    await expire(shell.home, server);
    const { sessionId } = await storedTokens(shell.home, server.url);
    let refreshes = 0;
    const counting: Fetch = (url, init) => {
      if (url.endsWith("auth.refresh")) refreshes += 1;
      return fetch(url, init);
    };
    const commands = Array.from({ length: 10 }, () => shell.projo(["tasks", "list"], { fetch: counting }));
    expect((await Promise.all(commands)).map(({ code }) => code)).toEqual(
      Array.from({ length: 10 }, () => 0),
    );
    expect(await rotations(server, sessionId)).toBe(1);
    // The server would have forgiven the other nine; nobody needed it to.
    expect(refreshes).toBe(1);
  });

  it("is renewed beside commands that write the same file, and nobody's change is lost", async () => {
    for (let round = 0; round < 5; round += 1) {
      await expire(shell.home, server);
      const made = `Workspace ${round}`;
      await Promise.all([projo("tasks", "list"), projo("workspaces", "create", made), projo("whoami")]);
      expect((await storedServer(shell.home, server.url))?.workspace?.name).toBe(made);
    }
    const { sessionId } = await storedTokens(shell.home, server.url);
    expect(await rotations(server, sessionId)).toBe(5);
  });

  it("in PROJO_TOKEN is the business of who set it, and the stored session stays as it is", async () => {
    const before = await storedTokens(shell.home, server.url);
    await expire(shell.home, server);
    const { accessToken } = await storedTokens(shell.home, server.url);
    const { code, err } = await shell.projo(["whoami"], { env: { PROJO_TOKEN: accessToken } });
    expect(code).toBe(4);
    expect(err).toContain("The sign-in is no longer valid. Run: projo login (or correct PROJO_TOKEN");
    expect(await rotations(server, before.sessionId)).toBe(0);
  });

  it("S3 together with an old refresh token, which a copy of the file has, ends with 4 and says why", async () => {
    const { refreshToken, sessionId } = await storedTokens(shell.home, server.url);
    for (let turn = 0; turn < 2; turn += 1) {
      await expire(shell.home, server);
      await projo("whoami");
    }
    await expire(shell.home, server);
    await putTokens(shell.home, server.url, { refreshToken });
    const { code, err } = await shell.projo(["whoami"]);
    expect(code).toBe(4);
    expect(err).toContain("an old refresh token was used again");
    expect(err).toContain("Run: projo login");
    expect(await rotations(server, sessionId)).toBe(-1);
    // The tokens are gone, the workspace waits for the same person.
    const stored = await storedServer(shell.home, server.url);
    expect(stored?.session).toBeUndefined();
    expect((await shell.projo(["whoami"])).err).toContain("Not signed in");
    await expectDone(shell.projo(["login", email, "--password-stdin"], { stdin: PASSWORD }));
    expect((await projo("whoami")).out).toContain("Workspace: Acme");
  });

  it("stays what it is while the server is away: the session is kept", async () => {
    await expire(shell.home, server);
    const before = await storedTokens(shell.home, server.url);
    const { code, err } = await shell.projo(["whoami"], { fetch: withoutRefresh });
    expect(code).toBe(1);
    expect(err).toContain("Cannot reach");
    expect(await storedTokens(shell.home, server.url)).toEqual(before);
    await projo("whoami");
  });
});

describe("the sessions", () => {
  it("S10 are listed with device, address and last use, the own one marked, and no secret", async () => {
    const other = await elsewhere();
    const { out } = await projo("sessions", "list");
    const [head, ...rows] = out.trim().split("\n");
    expect(head?.split(/ {2,}/).filter(Boolean)).toEqual(["ID", "LAST USED", "ADDRESS", "DEVICE"]);
    expect(rows).toHaveLength(2);
    const { sessionId } = await storedTokens(shell.home, server.url);
    const own = rows.find((row) => row.startsWith("*"));
    expect(own).toMatch(
      new RegExp(String.raw`^\* +${sessionId} +\d{4}-\d\d-\d\dT\d\d:\d\dZ +127\.0\.0\.1 +projo/\d`),
    );
    expect(out).not.toMatch(/pj[ar]_/);
    const json = await projo("sessions", "list", "--json");
    expect(JSON.parse(json.out)).toMatchObject({ items: [{ current: false }, { current: true }] });
    expect(json.out).not.toMatch(/pj[ar]_/);
    await other.close();
  });

  it("S7 are ended one by one: who had it is signed out at once", async () => {
    const other = await elsewhere();
    const { sessionId } = await storedTokens(other.home, server.url);
    const { err } = await projo("sessions", "revoke", sessionId);
    expect(err).toBe(`Ended the session ${sessionId}.\n`);
    const after = await other.projo(["whoami"]);
    expect(after.code).toBe(4);
    expect(after.err).toContain("The sign-in is no longer valid. Run: projo login");
    const again = await shell.projo(["sessions", "revoke", sessionId]);
    expect(again.code).toBe(1);
    expect(again.err).toContain("You have no such session. See: projo sessions list");
    await other.close();
  });

  it("include this one, whose end signs out here", async () => {
    const { sessionId } = await storedTokens(shell.home, server.url);
    expect((await projo("sessions", "revoke", sessionId)).err).toContain("you are signed out here");
    expect((await shell.projo(["whoami"])).err).toContain("Not signed in");
  });

  it("of others cannot be ended", async () => {
    const stranger = await openSignedIn(server.url, `stranger${people}@example.com`);
    const { sessionId } = await storedTokens(shell.home, server.url);
    expect((await stranger.projo(["sessions", "revoke", sessionId])).code).toBe(1);
    await projo("whoami");
    await stranger.close();
  });

  it("S8 all end with logout --everywhere, this one too", async () => {
    const other = await elsewhere();
    expect((await projo("logout", "--everywhere")).err).toBe(
      `Signed out of ${server.url} everywhere: 2 sessions ended.\n`,
    );
    expect((await other.projo(["whoami"])).code).toBe(4);
    expect((await shell.projo(["logout", "--everywhere"])).code).toBe(4);
    await other.close();
  });

  it("S7 end with logout though the access token has expired", async () => {
    const tokens = await storedTokens(shell.home, server.url);
    await expire(shell.home, server);
    await projo("logout");
    expect(await rotations(server, tokens.sessionId)).toBe(-1);
  });
});

describe("a password", () => {
  it("A7 is changed with the current one, by pipe; other sessions end and this one stays", async () => {
    const other = await elsewhere();
    const wrong = await shell.projo(["password", "change", "--password-stdin"], {
      stdin: `not this one at all\n${NEW_PASSWORD}\n`,
    });
    expect(wrong.code).toBe(1);
    expect(wrong.err).toBe("projo: The current password is wrong.\n");
    const { out, err } = await expectDone(
      shell.projo(["password", "change", "--password-stdin"], { stdin: `${PASSWORD}\n${NEW_PASSWORD}\n` }),
    );
    expect(err).toBe("Changed your password. Your other sessions have ended.\n");
    expect(out).toBe("");
    await projo("whoami");
    expect((await other.projo(["whoami"])).code).toBe(4);
    await (await elsewhere(NEW_PASSWORD)).close();
    await other.close();
  });

  it("typed to be changed never shows, and the new one is typed twice", async () => {
    const types = (again: string) =>
      [
        ["Current password", `${PASSWORD}\r`],
        ["New password", `${NEW_PASSWORD}\r`],
        ["again", `${again}\r`],
      ] as const;
    const slipped = await shell.projo(["password", "change"], { types: types("something else entirely") });
    expect(slipped.code).toBe(2);
    expect(slipped.err).toContain("The two passwords differ.");
    const { out, err } = await expectDone(
      shell.projo(["password", "change"], { types: types(NEW_PASSWORD) }),
    );
    expect(err).toContain("Changed your password.");
    expect(out + err).not.toContain(PASSWORD);
    expect(out + err).not.toContain(NEW_PASSWORD);
  });

  it("is not changed by one line alone, nor from a terminal that would show it", async () => {
    const one = await shell.projo(["password", "change", "--password-stdin"], { stdin: PASSWORD });
    expect([one.code, one.err]).toEqual([
      2,
      "projo: Pipe in the current password, then the new password, a line each.\n",
    ]);
    const shown = await shell.projo(["password", "change", "--password-stdin"], { types: [] });
    expect(shown.code).toBe(2);
    const nobody = await shell.projo(["password", "change"]);
    expect(nobody.err).toContain("with --password-stdin");
  });

  it("A8 that was forgotten is set by the mailed link, once, and every session ends", async () => {
    const { err } = await projo("password", "reset-request", email);
    expect(err).toContain(`If there is an account for ${email}, a mail is on its way.`);
    const { link } = await mailFor(server, email, 2);
    const stdin = `${link}\n${NEW_PASSWORD}\n`;
    const reset = await expectDone(shell.projo(["password", "reset", "--stdin"], { stdin }));
    expect(reset.err).toBe("Set the new password. All sessions have ended. Run: projo login\n");
    expect((await shell.projo(["whoami"])).code).toBe(4);
    await (await elsewhere(NEW_PASSWORD)).close();
    const again = await shell.projo(["password", "reset", "--stdin"], { stdin });
    expect(again.code).toBe(1);
    expect(again.err).toContain("This link is invalid, used or expired.");
  });

  it("A8 is set by a token typed at a prompt that hides it", async () => {
    await projo("password", "reset-request", email);
    const { token } = await mailFor(server, email, 2);
    const { out, err } = await expectDone(
      shell.projo(["password", "reset"], {
        types: [
          ["token or link", `${token}\r`],
          ["New password", `${NEW_PASSWORD}\r`],
          ["again", `${NEW_PASSWORD}\r`],
        ],
      }),
    );
    expect(err).toContain("Set the new password.");
    expect(out + err).not.toContain(token);
    expect(out + err).not.toContain(NEW_PASSWORD);
  });

  it("A1 request for an email that nobody has reads the same", async () => {
    const known = (await projo("password", "reset-request", email)).err;
    const unknown = (await projo("password", "reset-request", "nobody@example.com")).err;
    expect(unknown.replace("nobody@example.com", email)).toBe(known);
  });
});

describe("an email address", () => {
  it("A8 is verified by the mailed token, and whoami says so", async () => {
    expect((await projo("whoami")).out).toContain("Email: not verified.");
    const { token } = await mailFor(server, email);
    const { out, err } = await expectDone(shell.projo(["email", "verify", "--stdin"], { stdin: token }));
    expect(err).toBe("Your email address is verified.\n");
    expect(out + err).not.toContain(token);
    expect((await projo("whoami")).out).toMatch(/^Email: verified \d{4}-\d\d-\d\dT\d\d:\d\dZ$/m);
  });

  it("A8 is mailed another token on request, after which the first is dead", async () => {
    const { token: first } = await mailFor(server, email);
    expect((await projo("email", "resend")).err).toContain("a mail is on its way");
    const { token: second } = await mailFor(server, email, 2);
    const dead = await shell.projo(["email", "verify", "--stdin"], { stdin: first });
    expect(dead.code).toBe(1);
    expect(dead.err).toContain("Run: projo email resend");
    const types = [["token or link", `${second}\r`]] as const;
    expect((await expectDone(shell.projo(["email", "verify"], { types }))).err).toContain("is verified");
  });
});

it("A3 a token in the JSON of a call is refused as an argument", async () => {
  const { refreshToken } = await storedTokens(shell.home, server.url);
  const { code, err } = await shell.projo(["call", "auth.refresh", JSON.stringify({ refreshToken })]);
  expect(code).toBe(2);
  expect(err).not.toContain(refreshToken);
});

it("a call that signs somebody else in changes nothing of what is stored", async () => {
  const before = await storedServer(shell.home, server.url);
  const account = JSON.stringify({ email: `eve${people}@example.com`, password: PASSWORD });
  await expectDone(shell.projo(["call", "auth.signUp", "-"], { stdin: account }));
  expect(await storedServer(shell.home, server.url)).toEqual(before);
});

it("a sign-in of an older projo is asked for anew, and its workspace is still chosen", async () => {
  const path = join(shell.home, ".config", "projo", "credentials.json");
  const { workspace } = (await storedServer(shell.home, server.url)) ?? {};
  const older = { servers: { [server.url]: { email, token: "pja_older", workspace } } };
  await writeFile(path, JSON.stringify(older), { mode: 0o600 });
  expect((await shell.projo(["whoami"])).code).toBe(4);
  await expectDone(shell.projo(["login", email, "--password-stdin"], { stdin: PASSWORD }));
  expect((await projo("whoami")).out).toContain("Workspace: Acme");
});
