// Several accounts on several servers: which one a command uses, how it is changed, and what a message says about it.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startTestServer, type TestServer } from "@projostack/api/testing";
import type { Fetch } from "@projostack/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Credentials } from "../../src/credentials/credentials.ts";
import { expectDone, nowhere, openShell, PASSWORD, type RunOptions, type Shell } from "../kit.ts";
import { credentialsPath } from "../stored-tokens.ts";
import { parseCredentialsOf010 } from "./credentials-0.1.0.ts";

const ANN = "ann@example.com";
const BOB = "bob@example.com";
let first: TestServer;
let second: TestServer;
let shell: Shell;

beforeAll(async () => {
  [first, second] = await Promise.all([startTestServer(), startTestServer()]);
  shell = await openShell("");
  await projo("signup", ANN, "--url", first.url);
  await projo("workspaces", "create", "Acme");
  await projo("workspaces", "create", "Mill");
  await projo("signup", ANN, "--url", second.url);
  await projo("signup", BOB, "--url", first.url);
});

afterAll(async () => {
  await shell?.close();
  await first?.close();
  await second?.close();
});

/** Runs a command without PROJO_URL. Sign-ins read the password from standard input. */
function run(argv: readonly string[], options: RunOptions = {}, target = shell) {
  const signsIn = argv[0] === "signup" || argv[0] === "login";
  const words = signsIn ? [...argv, "--password-stdin"] : argv;
  return target.projo(words, { ...(signsIn && { stdin: PASSWORD }), ...options });
}

const projo = (...argv: string[]) => expectDone(run(argv));

const emailOf = async (...argv: string[]) =>
  (JSON.parse((await projo("whoami", "--json", ...argv)).out) as { user: { email: string }; url: string })
    .user.email;

const stored = async (home = shell.home) =>
  JSON.parse(await readFile(credentialsPath(home), "utf8")) as Credentials;

describe("a sign-in", () => {
  it("as somebody else keeps the first account, and says so", async () => {
    const { err } = await projo("login", BOB, "--url", first.url);
    expect(err).toContain(`Signed in to ${first.url} as ${BOB}.\nYou stay signed in there as ${ANN}.`);
    expect(err).toContain(`run: projo auth switch ${ANN}`);
    expect(await emailOf()).toBe(BOB);
    expect(await emailOf("--account", ANN, "--url", first.url)).toBe(ANN);
  });

  it("again as the same user renews the account, and keeps its workspace and the others", async () => {
    await projo("login", ANN, "--url", first.url);
    await projo("workspaces", "use", "Acme");
    const { err } = await projo("login", "Ann@Example.com", "--url", first.url);
    expect(err).toContain("Workspace: Acme");
    const { current, servers } = await stored();
    expect(current).toBe(first.url);
    expect(servers[first.url]).toMatchObject({ email: ANN, others: [{ email: BOB }] });
    expect(servers[first.url]?.others).toHaveLength(1);
    expect(servers[second.url]).toMatchObject({ email: ANN });
  });
});

it("a sign-in refuses an argument and --account that name different accounts", async () => {
  const { code, err } = await run(["login", ANN, "--account", BOB, "--url", first.url]);
  expect([code, err]).toEqual([
    2,
    "projo: The argument and --account name different accounts. Use one of them.\n",
  ]);
});

describe("a command", () => {
  it("uses the account that --account or PROJO_ACCOUNT names, and the active account stays", async () => {
    await projo("auth", "switch", ANN, "--url", first.url);
    expect(await emailOf("--account", BOB)).toBe(BOB);
    const { out } = await expectDone(
      run(["whoami"], { env: { PROJO_ACCOUNT: "BOB@example.com", PROJO_URL: "" } }),
    );
    expect(out).toContain(BOB);
    expect(await emailOf()).toBe(ANN);
  });

  it("uses the server on which the named account is stored", async () => {
    await projo("auth", "switch", second.url);
    const { out } = await projo("whoami", "--account", BOB);
    expect(out).toContain(`Server: ${first.url}`);
  });

  it("for an account that is not stored exits with 4, and names the command that adds it", async () => {
    const { code, err } = await run(["tasks", "list", "--account", "zed@example.com", "--url", first.url]);
    expect(code).toBe(4);
    expect(err).toBe(
      `projo: Not signed in to ${first.url} as zed@example.com. Run: projo --url ${first.url} login zed@example.com (for your accounts: projo --url ${first.url} auth status)\n`,
    );
  });

  it("repeats --url and --account in the next command, unless they name what is selected", async () => {
    await projo("auth", "switch", ANN, "--url", first.url);
    const elsewhere = await run(["tasks", "list", "--url", second.url]);
    expect(elsewhere.err).toContain(
      `Run: projo --url ${second.url} workspaces use NAME (or create one: projo --url`,
    );
    const other = await run(["tasks", "list", "--account", BOB]);
    expect(other.err).toContain(`Run: projo --account ${BOB} workspaces use NAME`);
    const selected = await run(["projects", "delete", "Nothing", "--yes", "--url", `${first.url}/`]);
    expect(selected.err).toContain("See: projo projects list");
    const json = await run(["tasks", "list", "--url", second.url, "--json"]);
    expect((JSON.parse(json.err) as { error: { message: string } }).error.message).toContain(
      `projo --url ${second.url} workspaces use NAME`,
    );
  });

  it("refuses --account beside PROJO_TOKEN, because the token names the user", async () => {
    const env = { PROJO_URL: first.url, PROJO_TOKEN: "pja_x" };
    const { code, err } = await run(["whoami", "--account", BOB], { env });
    expect([code, err]).toEqual([
      2,
      "projo: PROJO_TOKEN is set and takes precedence over --account. Unset PROJO_TOKEN, or omit --account.\n",
    ]);
  });
});

describe("auth switch", () => {
  it("changes between two accounts without an argument", async () => {
    const two = await openShell("");
    await expectDone(run(["login", ANN, "--url", first.url], {}, two));
    await expectDone(run(["login", BOB, "--url", first.url], {}, two));
    const { err } = await expectDone(run(["auth", "switch"], {}, two));
    expect(err).toBe(`Now using ${ANN} on ${first.url}.\n`);
    expect((await expectDone(run(["auth", "switch"], {}, two))).err).toContain(BOB);
    await two.close();
  });

  it("asks on a terminal when there are more, and names them elsewhere", async () => {
    await projo("auth", "switch", ANN, "--url", first.url);
    const { code, err } = await run(["auth", "switch"]);
    expect(code).toBe(2);
    expect(err).toContain(`Add the account as an argument: ${BOB} on ${first.url}, ${ANN} on ${second.url}`);
    await expectDone(run(["auth", "switch"], { types: [["Which account?", "\u001b[B\r"]] }));
    expect((await stored()).current).toBe(second.url);
  });

  it("takes an email, or a server by its URL or host", async () => {
    await projo("auth", "switch", BOB);
    expect(await emailOf()).toBe(BOB);
    await projo("auth", "switch", "--account", ANN, "--url", first.url);
    expect(await emailOf()).toBe(ANN);
    await projo("auth", "switch", new URL(second.url).host);
    expect((await stored()).current).toBe(second.url);
    const unknown = await run(["auth", "switch", "nobody"]);
    expect(unknown.code).toBe(1);
    expect(unknown.err).toContain('There is no account or server "nobody". Your accounts: ');
    const several = await run(["auth", "switch", ANN]);
    expect(several.code).toBe(2);
    expect(several.err).toContain("Add --url to choose one");
  });

  it("says when a variable takes precedence over the choice", async () => {
    const { err } = await expectDone(run(["auth", "switch", BOB], { env: { PROJO_URL: second.url } }));
    expect(err).toContain("PROJO_URL is set and takes precedence over this choice.");
  });

  it("names the command that adds an account when there is no other", async () => {
    const alone = await openShell(first.url);
    const { code, err } = await run(["auth", "switch"], {}, alone);
    expect(code).toBe(1);
    expect(err).toContain("There is no other account. Add one: projo login EMAIL");
    await alone.close();
  });
});

interface StatusItem {
  email: string;
  url: string;
  session: string;
  isInUse: boolean;
  workspace: { name: string } | null;
}

async function authStatus(options: RunOptions = {}, target = shell) {
  const { code, out, err } = await run(["auth", "status", "--json"], options, target);
  return { code, err, items: (JSON.parse(out) as { items: StatusItem[] }).items };
}

describe("auth status", () => {
  it("lists the accounts of all servers with their sessions, and prints no token", async () => {
    await projo("auth", "switch", ANN, "--url", first.url);
    const { out, err } = await run(["auth", "status"], { columns: 120, env: { NO_COLOR: "1" } });
    expect(out).toMatch(new RegExp(`^\\* +${ANN} +${first.url} +valid +Acme$`, "m"));
    expect(out + err).not.toMatch(/pj[ar]_/);
    const { items } = await authStatus();
    expect(items.map(({ email, url, session, isInUse }) => [email, url, session, isInUse])).toEqual([
      [ANN, first.url, "valid", true],
      [BOB, first.url, "valid", false],
      [ANN, second.url, "valid", false],
    ]);
  });

  it("exits with 1 when the account in use cannot be checked, and with 4 when its session has ended", async () => {
    const unreachable = await authStatus({ fetch: nowhere });
    expect(unreachable.code).toBe(1);
    expect(unreachable.items.map(({ session }) => session)).toEqual(["unknown", "unknown", "unknown"]);
    const other = await openShell("");
    await expectDone(run(["login", BOB, "--url", first.url], {}, other));
    await first.database.owner("DELETE FROM sessions WHERE id = $1", [
      (await stored(other.home)).servers[first.url]?.session?.sessionId,
    ]);
    const ended = await authStatus({}, other);
    expect(ended.code).toBe(4);
    expect(ended.items.map(({ session }) => session)).toEqual(["ended"]);
    expect(ended.err).toContain(`Run: projo login ${BOB}`);
    // The account stays, and every command names the way back.
    const { code, err } = await run(["tasks", "list"], {}, other);
    expect([code, err]).toEqual([
      4,
      `projo: Not signed in to ${first.url}: the session of ${BOB} has ended. Run: projo login ${BOB}\n`,
    ]);
    await other.close();
  });

  it("says that PROJO_TOKEN takes precedence", async () => {
    const { err } = await run(["auth", "status"], { env: { PROJO_URL: "", PROJO_TOKEN: "pjk_hidden" } });
    expect(err).toContain("PROJO_TOKEN is set and takes precedence over these accounts.");
    expect(err).not.toContain("hidden");
  });

  it("prints the chosen fields of each account, and its email address with --quiet", async () => {
    await projo("auth", "switch", ANN, "--url", first.url);
    const { out } = await run(["auth", "status", "--json=email,isInUse"]);
    expect((JSON.parse(out) as { items: unknown[] }).items[0]).toEqual({ email: ANN, isInUse: true });
    expect((await run(["auth", "status", "--quiet"])).out).toBe(`${ANN}\n${BOB}\n${ANN}\n`);
    expect((await projo("config", "list", "--quiet")).out).toContain("url\naccount\n");
  });

  it("names an account that is chosen but not stored, and exits with 4", async () => {
    const { code, err } = await authStatus({ env: { PROJO_URL: "", PROJO_ACCOUNT: "zed@example.com" } });
    expect([code, (JSON.parse(err) as { error: { message: string } }).error.message]).toEqual([
      4,
      expect.stringContaining("as zed@example.com. Run: projo login zed@example.com"),
    ]);
  });

  it("without an account exits with 4", async () => {
    const alone = await openShell(first.url);
    expect(await authStatus({}, alone)).toEqual({
      code: 4,
      err: expect.stringContaining("You are not signed in. Run: projo login"),
      items: [],
    });
    await alone.close();
  });
});

const days = (time: string) => (Date.parse(time) - Date.now()) / 86_400_000;

describe("logout", () => {
  it("removes the active account, and the next one of the server is active", async () => {
    const two = await openShell("");
    await expectDone(run(["login", ANN, "--url", first.url], {}, two));
    await expectDone(run(["login", BOB, "--url", first.url], {}, two));
    const { err } = await expectDone(run(["logout"], {}, two));
    expect(err).toContain(`Signed out of ${first.url} as ${BOB}.\n`);
    expect(err).toContain(`Now using ${ANN}`);
    await expectDone(run(["logout", "--account", ANN], {}, two));
    expect((await stored(two.home)).servers).toEqual({});
    await two.close();
  });

  it("keeps the session when the server cannot be reached, and --local deletes it here only", async () => {
    const other = await openShell("");
    await expectDone(run(["login", BOB, "--url", first.url], {}, other));
    const before = await stored(other.home);
    const refused = await run(["logout"], { fetch: nowhere }, other);
    expect(refused.code).toBe(1);
    expect(refused.err).toMatch(
      new RegExp(
        `^projo: Cannot reach ${first.url}.*\\. You are still signed in as ${BOB}\\. Run the command again later, or delete the session here only: projo logout --local\n$`,
      ),
    );
    expect(await stored(other.home)).toEqual(before);
    const { err } = await expectDone(run(["logout", "--local"], { fetch: nowhere }, other));
    const [, until = ""] = /stays valid on the server until (\S+) at the latest/.exec(err) ?? [];
    expect(days(until)).toBeGreaterThan(13.9);
    expect(days(until)).toBeLessThan(14.1);
    expect((await stored(other.home)).servers).toEqual({});
    // It says the truth: the token still works.
    const token = before.servers[first.url]?.session?.accessToken ?? "";
    const env = { PROJO_URL: first.url, PROJO_TOKEN: token };
    expect((await expectDone(run(["whoami"], { env }, other))).out).toContain(BOB);
    await other.close();
  });

  it("names the account that was not signed in", async () => {
    const { err } = await projo("logout", "--account", "zed@example.com", "--url", first.url);
    expect(err).toBe(
      `You were not signed in to ${first.url} as zed@example.com. For your accounts, see: projo --url ${first.url} auth status\n`,
    );
  });

  it("of a session that the server has ended succeeds", async () => {
    const other = await openShell("");
    await expectDone(run(["login", BOB, "--url", first.url], {}, other));
    const id = (await stored(other.home)).servers[first.url]?.session?.sessionId;
    await first.database.owner("DELETE FROM sessions WHERE id = $1", [id]);
    await expectDone(run(["logout"], {}, other));
    expect((await stored(other.home)).servers).toEqual({});
    await other.close();
  });
});

/** Counts the requests of a command. */
async function requestsOf(argv: readonly string[], target: Shell) {
  const paths: string[] = [];
  const counting: Fetch = (url, init) => {
    paths.push(new URL(url).pathname);
    return fetch(url, init);
  };
  const { err } = await expectDone(run(argv, { fetch: counting, env: { PROJO_URL: first.url } }, target));
  return { paths, err };
}

describe("the workspace", () => {
  it("is chosen by itself if there is only one, with one message and one request", async () => {
    const other = await openShell(first.url);
    await expectDone(run(["signup", "cat@example.com"], {}, other));
    await expectDone(run(["workspaces", "create", "Only"], {}, other));
    const file = await stored(other.home);
    const { workspace: _, ...account } = file.servers[first.url] ?? { email: "" };
    await writeFile(
      credentialsPath(other.home),
      JSON.stringify({ ...file, servers: { [first.url]: account } }),
    );
    const chosen = await requestsOf(["tasks", "list"], other);
    expect(chosen.err).toContain("Selected the workspace Only: you are a member of no other.\n");
    expect(chosen.paths).toHaveLength(2);
    const next = await requestsOf(["tasks", "list"], other);
    expect(next.err).not.toContain("Selected");
    expect(next.paths).toHaveLength(1);
    // A new sign-in on another machine chooses it too.
    const elsewhere = await openShell(first.url);
    const { err } = await expectDone(run(["login", "cat@example.com"], {}, elsewhere));
    expect(err).toContain("Workspace: Only");
    await elsewhere.close();
    await other.close();
  });

  it("is not chosen if there are several", async () => {
    const other = await openShell(first.url);
    const { err } = await expectDone(run(["login", ANN], {}, other));
    expect(err).toContain("Next: projo workspaces use NAME");
    expect((await run(["tasks", "list"], {}, other)).err).toContain("No workspace is selected.");
    await other.close();
  });
});

describe("the credentials file", () => {
  it("of an older projo is used as it is, and the accounts that are added keep its session", async () => {
    const old = await openShell("");
    const { servers } = await stored();
    const { others: _, ...entry } = servers[first.url] ?? { email: "" };
    const { sessionIdleSeconds: _seconds, ...account } = entry;
    await mkdir(join(old.home, ".config", "projo"), { recursive: true });
    const before = { current: first.url, servers: { [first.url]: account } };
    await writeFile(credentialsPath(old.home), JSON.stringify(before), { mode: 0o600 });
    expect((await expectDone(run(["whoami"], {}, old))).out).toContain(account.email);
    await expectDone(run(["signup", "dan@example.com", "--url", first.url], {}, old));
    expect((await stored(old.home)).servers[first.url]?.others).toEqual([account]);
    expect((await expectDone(run(["whoami", "--account", account.email], {}, old))).out).toContain("Acme");
    await old.close();
  });

  it("with several accounts is a file of projo 0.1.0, which uses the active account of each server", async () => {
    const text = await readFile(credentialsPath(shell.home), "utf8");
    const older = parseCredentialsOf010(text);
    expect(older?.current).toBe((await stored()).current);
    for (const [url, server] of Object.entries(older?.servers ?? {}))
      expect(server).toMatchObject({ email: (await stored()).servers[url]?.email });
    expect(Object.keys(older?.servers ?? {})).toHaveLength(2);
  });

  it("with an invalid account is refused as a whole", async () => {
    const kept = await readFile(credentialsPath(shell.home), "utf8");
    const file = await stored();
    for (const others of [{}, [{}], [{ email: 1 }], [{ email: BOB, session: { accessToken: "x" } }]]) {
      const servers = { ...file.servers, [first.url]: { email: ANN, others } };
      await writeFile(credentialsPath(shell.home), JSON.stringify({ ...file, servers }));
      const { code, err } = await run(["whoami"]);
      expect(code).toBe(1);
      expect(err).toContain("has an invalid format. Delete the file, then run: projo login");
    }
    await writeFile(credentialsPath(shell.home), kept);
  });
});
