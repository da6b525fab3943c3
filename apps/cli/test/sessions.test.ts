import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { mailFor, startTestServer, type TestServer } from "@projostack/api/testing";
import type { Fetch } from "@projostack/sdk";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { expectDone, openShell, openSignedIn, PASSWORD, type Shell } from "./kit.ts";
import { expire, putTokens, rotations, storedServer, storedTokens } from "./stored-tokens.ts";

let server: TestServer;
let shell: Shell;
let userCount = 0;
let email: string;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(async () => {
  await server?.close();
});

beforeEach(async () => {
  email = `ann${(userCount += 1)}@example.com`;
  shell = await openSignedIn(server.url, email);
});

afterEach(async () => {
  await shell.close();
});

const NEW_PASSWORD = "another long and quiet river";
const projo = (...argv: string[]) => expectDone(shell.projo(argv));

/** A fetch that fails for every refresh. */
const withoutRefresh: Fetch = (url, init) =>
  url.endsWith("auth.refresh") ? Promise.reject(new TypeError("fetch failed")) : fetch(url, init);

/** Signs the same user in on another machine. */
async function elsewhere(password = PASSWORD): Promise<Shell> {
  const other = await openShell(server.url);
  await expectDone(other.projo(["login", email, "--password-stdin"], { stdin: password }));
  return other;
}

describe("an access token that has expired", () => {
  it("causes a refresh without a message, and the new tokens are stored", async () => {
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

  it("S2 causes one refresh for ten concurrent commands, and all stay signed in", async () => {
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
    // The server tolerates concurrent refreshes. The lock makes them unnecessary.
    expect(refreshes).toBe(1);
  });

  it("causes a refresh while other commands write the same file, and no change is lost", async () => {
    for (let round = 0; round < 5; round += 1) {
      await expire(shell.home, server);
      const newName = `Workspace ${round}`;
      await Promise.all([projo("tasks", "list"), projo("workspaces", "create", newName), projo("whoami")]);
      expect((await storedServer(shell.home, server.url))?.workspace?.name).toBe(newName);
    }
    const { sessionId } = await storedTokens(shell.home, server.url);
    expect(await rotations(server, sessionId)).toBe(5);
  });

  it("in PROJO_TOKEN is not refreshed, and the stored session is not changed", async () => {
    const before = await storedTokens(shell.home, server.url);
    await expire(shell.home, server);
    const { accessToken } = await storedTokens(shell.home, server.url);
    const { code, err } = await shell.projo(["whoami"], { env: { PROJO_TOKEN: accessToken } });
    expect(code).toBe(4);
    expect(err).toContain("The token in PROJO_TOKEN is not valid.");
    expect(await rotations(server, before.sessionId)).toBe(0);
  });

  it("S3 with an old refresh token from a copied file ends the session, and the command exits with 4", async () => {
    const { refreshToken, sessionId } = await storedTokens(shell.home, server.url);
    for (let round = 0; round < 2; round += 1) {
      await expire(shell.home, server);
      await projo("whoami");
    }
    await expire(shell.home, server);
    await putTokens(shell.home, server.url, { refreshToken });
    const { code, err } = await shell.projo(["whoami"]);
    expect(code).toBe(4);
    expect(err).toContain("an old refresh token or session cookie was used again");
    expect(err).toContain("Run: projo login");
    expect(await rotations(server, sessionId)).toBe(-1);
    // The tokens are deleted. The selected workspace is kept for the same user.
    const stored = await storedServer(shell.home, server.url);
    expect(stored?.session).toBeUndefined();
    expect((await shell.projo(["whoami"])).err).toContain("Not signed in");
    await expectDone(shell.projo(["login", email, "--password-stdin"], { stdin: PASSWORD }));
    expect((await projo("whoami")).out).toContain("Workspace: Acme");
  });

  it("keeps its session when the refresh fails for lack of a connection", async () => {
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
  it("S10 appear with device, address and last use, without secrets; the current one is marked", async () => {
    const other = await elsewhere();
    const { out } = await expectDone(
      shell.projo(["sessions", "list"], { columns: 160, env: { NO_COLOR: "1" } }),
    );
    const [head, ...rows] = out.trim().split("\n");
    expect(head?.split(/ {2,}/).filter(Boolean)).toEqual([
      "ID",
      "DEVICE",
      "IP",
      "LAST USED",
      "CREATED",
      "EXPIRES",
    ]);
    expect(rows).toHaveLength(2);
    const { sessionId } = await storedTokens(shell.home, server.url);
    const own = rows.find((row) => row.startsWith("*"));
    expect(own).toMatch(
      new RegExp(String.raw`^\* +${sessionId} +projo/\d.* +127\.0\.0\.1 +just now +just now +in 13 days$`),
    );
    expect(out).not.toMatch(/pj[ar]_/);
    const json = await projo("sessions", "list", "--json");
    expect(JSON.parse(json.out)).toMatchObject({ items: [{ current: false }, { current: true }] });
    expect(json.out).not.toMatch(/pj[ar]_/);
    await other.close();
  });

  it("S7 can be ended one by one, and the device is signed out immediately", async () => {
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

  it("include the current one: ending it signs out", async () => {
    const { sessionId } = await storedTokens(shell.home, server.url);
    expect((await projo("sessions", "revoke", sessionId)).err).toContain("you are signed out here");
    expect((await shell.projo(["whoami"])).err).toContain("Not signed in");
  });

  it("of other users cannot be ended", async () => {
    const other = await openSignedIn(server.url, `other${userCount}@example.com`);
    const { sessionId } = await storedTokens(shell.home, server.url);
    expect((await other.projo(["sessions", "revoke", sessionId])).code).toBe(1);
    await projo("whoami");
    await other.close();
  });

  it("S8 all end with logout --everywhere", async () => {
    const other = await elsewhere();
    expect((await projo("logout", "--everywhere")).err).toBe(
      `Signed out of ${server.url} everywhere: 2 sessions ended.\n`,
    );
    expect((await other.projo(["whoami"])).code).toBe(4);
    expect((await shell.projo(["logout", "--everywhere"])).code).toBe(4);
    await other.close();
  });

  it("S7 end with logout even when the access token has expired", async () => {
    const tokens = await storedTokens(shell.home, server.url);
    await expire(shell.home, server);
    await projo("logout");
    expect(await rotations(server, tokens.sessionId)).toBe(-1);
  });
});

describe("a password", () => {
  it("A7 changes with the current password from a pipe, and all other sessions end", async () => {
    const other = await elsewhere();
    const wrong = await shell.projo(["password", "change", "--password-stdin"], {
      stdin: `not this one at all\n${NEW_PASSWORD}\n`,
    });
    expect(wrong.code).toBe(4);
    expect(wrong.err).toBe("projo: The current password is wrong. Enter it again.\n");
    const { out, err } = await expectDone(
      shell.projo(["password", "change", "--password-stdin"], { stdin: `${PASSWORD}\n${NEW_PASSWORD}\n` }),
    );
    expect(err).toBe("Changed your password. All your other sessions have ended.\n");
    expect(out).toBe("");
    await projo("whoami");
    expect((await other.projo(["whoami"])).code).toBe(4);
    await (await elsewhere(NEW_PASSWORD)).close();
    await other.close();
  });

  it("cannot be seen at the prompts, which ask again for what was wrong", async () => {
    const { out, err } = await expectDone(
      shell.projo(["password", "change"], {
        types: [
          ["Current password", "not the current one\r"],
          ["New password (at least 15 characters)", `${NEW_PASSWORD}\r`],
          ["Repeat the new password", "something else entirely\r"],
          ["The two passwords differ. Enter them again.", `${NEW_PASSWORD}\r`],
          ["Repeat the new password", `${NEW_PASSWORD}\r`],
          ["This is not your current password. Enter it again.", `${PASSWORD}\r`],
        ],
      }),
    );
    expect(err).toContain("Changed your password.");
    expect(out + err).not.toContain(PASSWORD);
    expect(out + err).not.toContain(NEW_PASSWORD);
  });

  it("cannot be changed with incomplete input or by a terminal with --password-stdin", async () => {
    const one = await shell.projo(["password", "change", "--password-stdin"], { stdin: PASSWORD });
    expect([one.code, one.err]).toEqual([
      2,
      "projo: Standard input is incomplete. Pipe in the current password, then the new password, each on its own line.\n",
    ]);
    const shown = await shell.projo(["password", "change", "--password-stdin"], { types: [] });
    expect(shown.code).toBe(2);
    const piped = await shell.projo(["password", "change"]);
    expect(piped.err).toContain("with --password-stdin");
  });

  it("A8 can be reset once with the mailed link, and all sessions end", async () => {
    const { err } = await projo("password", "reset-request", email);
    expect(err).toContain(`If there is an account for ${email}, the server sends a mail to it.`);
    const { link } = await mailFor(server, email, 2);
    const stdin = `${link}\n${NEW_PASSWORD}\n`;
    const reset = await expectDone(shell.projo(["password", "reset", "--stdin"], { stdin }));
    expect(reset.err).toBe("The new password is set. All your sessions have ended. Run: projo login\n");
    expect((await shell.projo(["whoami"])).code).toBe(4);
    await (await elsewhere(NEW_PASSWORD)).close();
    const again = await shell.projo(["password", "reset", "--stdin"], { stdin });
    expect(again.code).toBe(1);
    expect(again.err).toContain("This link is invalid, used or expired.");
  });

  it("A8 can be reset with a token from a prompt that hides it", async () => {
    await projo("password", "reset-request", email);
    const { token } = await mailFor(server, email, 2);
    const { out, err } = await expectDone(
      shell.projo(["password", "reset"], {
        types: [
          ["Token or link", `${token}\r`],
          ["New password", `${NEW_PASSWORD}\r`],
          ["Repeat the new password", `${NEW_PASSWORD}\r`],
        ],
      }),
    );
    expect(err).toContain("The new password is set.");
    expect(out + err).not.toContain(token);
    expect(out + err).not.toContain(NEW_PASSWORD);
  });

  it("A1 reset request prints the same message for an unknown email", async () => {
    const known = (await projo("password", "reset-request", email)).err;
    const unknown = (await projo("password", "reset-request", "nobody@example.com")).err;
    expect(unknown.replace("nobody@example.com", email)).toBe(known);
  });
});

describe("an email address", () => {
  it("A8 can be verified with the mailed token, and whoami shows it", async () => {
    expect((await projo("whoami")).out).toContain("Email: not verified.");
    const { token } = await mailFor(server, email);
    const { out, err } = await expectDone(shell.projo(["email", "verify", "--stdin"], { stdin: token }));
    expect(err).toBe("Your email address is verified.\n");
    expect(out + err).not.toContain(token);
    expect((await projo("whoami")).out).toMatch(/^Email: verified \d{4}-\d\d-\d\dT\d\d:\d\dZ$/m);
  });

  it("A8 gets a new token on request, and the first token stops working", async () => {
    const { token: first } = await mailFor(server, email);
    expect((await projo("email", "resend")).err).toContain("the server sends a mail to it");
    const { token: second } = await mailFor(server, email, 2);
    const dead = await shell.projo(["email", "verify", "--stdin"], { stdin: first });
    expect(dead.code).toBe(1);
    expect(dead.err).toContain("run: projo email resend");
    const types = [["Token or link", `${second}\r`]] as const;
    expect((await expectDone(shell.projo(["email", "verify"], { types }))).err).toContain("is verified");
  });
});

it("A3 refuses a token in a JSON argument of `call`", async () => {
  const { refreshToken } = await storedTokens(shell.home, server.url);
  const { code, err } = await shell.projo(["call", "auth.refresh", JSON.stringify({ refreshToken })]);
  expect(code).toBe(2);
  expect(err).not.toContain(refreshToken);
});

it("keeps the stored session when `call` signs up another user", async () => {
  const before = await storedServer(shell.home, server.url);
  const account = JSON.stringify({ email: `eve${userCount}@example.com`, password: PASSWORD });
  await expectDone(shell.projo(["call", "auth.signUp", "-"], { stdin: account }));
  expect(await storedServer(shell.home, server.url)).toEqual(before);
});

it("asks for a new sign-in after an upgrade from an older file format, and keeps the selected workspace", async () => {
  const path = join(shell.home, ".config", "projo", "credentials.json");
  const { workspace } = (await storedServer(shell.home, server.url)) ?? {};
  const older = { servers: { [server.url]: { email, token: "pja_older", workspace } } };
  await writeFile(path, JSON.stringify(older), { mode: 0o600 });
  expect((await shell.projo(["whoami"])).code).toBe(4);
  await expectDone(shell.projo(["login", email, "--password-stdin"], { stdin: PASSWORD }));
  expect((await projo("whoami")).out).toContain("Workspace: Acme");
});
