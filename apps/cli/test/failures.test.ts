import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { startTestServer, type TestServer } from "@projostack/api/testing";
import type { Fetch } from "@projostack/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { version } from "../src/version.ts";
import { EMAIL, expectDone, nowhere, openShell, openSignedIn, PASSWORD, type Shell } from "./kit.ts";

let server: TestServer;
let shell: Shell;

beforeAll(async () => {
  server = await startTestServer();
  shell = await openSignedIn(server.url);
});

afterAll(async () => {
  await shell?.close();
  await server?.close();
});

async function listen(http: Server): Promise<string> {
  await new Promise<void>((resolve) => void http.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
}

const close = (http: Server) => new Promise((resolve) => void http.close(resolve));

/** Expects one line on stderr and nothing on stdout. */
async function failure(argv: readonly string[], options: Parameters<Shell["projo"]>[1] = {}) {
  const { code, out, err } = await shell.projo(argv, options);
  expect(out).toBe("");
  expect(err).toMatch(/^projo: [^\n]+\n$/);
  return [code, err.slice("projo: ".length, -1)];
}

describe("wrong usage exits with 2", () => {
  it("without anything to change", async () => {
    expect(await failure(["tasks", "update", "x"])).toEqual([
      2,
      "There is nothing to change. Add --title, --status or --project.",
    ]);
  });

  it("for an unknown operation, with a suggestion", async () => {
    expect(await failure(["call", "task.create"])).toEqual([
      2,
      'There is no operation "task.create". Did you mean tasks.create? See: projo call --help',
    ]);
  });

  it("for input that is not JSON", async () => {
    const [code, message] = await failure(["call", "tasks.list", "{status:todo}"]);
    expect(code).toBe(2);
    expect(message).toContain("The input is not JSON");
  });

  it("for an invalid URL", async () => {
    for (const [url, form] of [
      ["localhost:4000", "http://localhost:4000"],
      ["example.com", "https://example.com"],
      ["ftp://x", "http://127.0.0.1:4000"],
    ] as const)
      expect(await failure(["whoami", "--url", url])).toEqual([
        2,
        `--url: "${url}" is not the URL of a server. Use the form ${form}`,
      ]);
    expect((await failure(["whoami", "--url", "http://x/?a"]))[1]).toContain("Use the form http://x");
    expect((await failure(["whoami"], { env: { PROJO_URL: "nonsense" } }))[1]).toContain("PROJO_URL:");
    // The message does not print a password.
    expect(await failure(["whoami", "--url", "http://me:hidden@x"])).toEqual([
      2,
      "--url: the address of a server contains no user name and no password. Use the form http://127.0.0.1:4000, and run: projo login",
    ]);
  });
});

describe("a missing sign-in exits with 4", () => {
  it("when no session is stored", async () => {
    const anonymous = await openShell(server.url);
    for (const argv of [["whoami"], ["tasks", "list"], ["workspaces", "create", "x"]]) {
      const { code, err } = await anonymous.projo(argv);
      expect(code).toBe(4);
      expect(err).toBe(`projo: Not signed in to ${server.url}. Run: projo login\n`);
    }
    expect((await anonymous.projo(["call", "auth.me"])).code).toBe(4);
    await anonymous.close();
  });

  it("when the token is no longer valid", async () => {
    const env = { PROJO_TOKEN: "pja_nonsense" };
    expect(await failure(["tasks", "list"], { env })).toEqual([
      4,
      "The token in PROJO_TOKEN is not valid. Correct it, or unset PROJO_TOKEN.",
    ]);
  });

  it("reports a token with invalid characters without printing it", async () => {
    const [code, message] = await failure(["whoami"], { env: { PROJO_TOKEN: "pja_two\nlines" } });
    expect(code).toBe(2);
    expect(message).toContain("PROJO_TOKEN");
    expect(message).not.toContain("lines");
  });
});

describe("a refusal by the server exits with 1, and with 2 for wrong input,", () => {
  it.each([
    [1, "1 second"],
    [40, "40 seconds"],
    [900, "15 minutes"],
  ])("states the wait for a limit that resets in %i s", async (retryAfter, words) => {
    const data = { code: "TOO_MANY_REQUESTS", httpStatus: 429, reason: "limit.exceeded", retryAfter };
    const limited: Fetch = async () =>
      Response.json({ error: { message: "Wait as long as retryAfter says.", data } }, { status: 429 });
    const { code, err } = await shell.projo(["projects", "create", "Looms"], { fetch: limited });
    expect([code, err]).toEqual([
      1,
      `projo: You sent too many or too expensive requests. Try again in ${words}.\n`,
    ]);
  });

  it("names too many attempts to sign in", async () => {
    const data = { code: "TOO_MANY_REQUESTS", httpStatus: 429, reason: "limit.exceeded", retryAfter: 900 };
    const limited: Fetch = async () =>
      Response.json({ error: { message: "Wait as long as retryAfter says.", data } }, { status: 429 });
    const { err } = await shell.projo(["login", EMAIL, "--password-stdin"], { stdin: "x", fetch: limited });
    expect(err).toBe("projo: There were too many attempts to sign in. Try again in 15 minutes.\n");
  });

  it("for a wrong password and for a used email", async () => {
    expect(await failure(["login", EMAIL, "--password-stdin"], { stdin: "wrong" })).toEqual([
      4,
      "The email or the password is wrong. Try again, or create an account: projo signup",
    ]);
    expect(await failure(["signup", EMAIL, "--password-stdin"], { stdin: PASSWORD })).toEqual([
      1,
      "An account with this email already exists. Sign in instead. Run: projo login",
    ]);
  });

  it("when no workspace is selected", async () => {
    const anonymous = await openShell(server.url);
    await expectDone(anonymous.projo(["signup", "bo@example.com", "--password-stdin"], { stdin: PASSWORD }));
    const { code, err } = await anonymous.projo(["tasks", "list"]);
    expect(code).toBe(1);
    expect(err).toBe(
      "projo: No workspace is selected. Run: projo workspaces use NAME (or create one: projo workspaces create NAME)\n",
    );
    const { err: called } = await anonymous.projo(["call", "tasks.list"]);
    expect(called).toBe("projo: No workspace is selected. Run: projo workspaces use NAME\n");
    await anonymous.close();
  });

  it("for an invalid id, with the forms that it may have", async () => {
    expect(await failure(["tasks", "delete", "7", "--yes"])).toEqual([
      2,
      '"7" is not the id of a task. Use the id, or its first characters: at least 4. See: projo tasks list',
    ]);
  });

  it("for a cursor of another list", async () => {
    for (const name of ["a", "b"]) await expectDone(shell.projo(["projects", "create", name]));
    const { out } = await expectDone(shell.projo(["projects", "list", "--limit", "1", "--json"]));
    const { nextCursor } = JSON.parse(out) as { nextCursor: string };
    const [code, message] = await failure(["tasks", "list", "--cursor", nextCursor]);
    expect(code).toBe(2);
    expect(message).toContain(
      "--cursor: the cursor is invalid, or it belongs to another list, other filters or another order.",
    );
  });
});

describe("a server of another version", () => {
  it("is named in the message if it does not have the operation", async () => {
    const { code, err } = await shell.projo(["projects", "list"], {
      fetch: (url, init) => fetch(url.replace("projects.list", "projects.all"), init),
    });
    expect([code, err]).toEqual([
      1,
      `projo: The server has no operation projects.list: it is of another version than projo ${version()}. To see its version, run: projo call system.health\n`,
    ]);
  });

  it("is named with the option that it does not know", async () => {
    // The list of sessions has no filters.
    const { err } = await shell.projo(["projects", "list", "--search", "x"], {
      fetch: (url, init) => fetch(url.replace("projects.list", "sessions.list"), init),
    });
    expect(err).toBe(
      "projo: This server is too old for --search. Omit it. To see the versions, run: projo status\n",
    );
  });
});

/** Forwards the request late. */
const slow =
  (ms: number): Fetch =>
  async (url, init) => {
    await wait(ms, undefined, { signal: init.signal });
    return fetch(url, init);
  };

describe("a slow server", () => {
  it.each([
    [["--timeout", "0.3"], {}, "--timeout 0.3"],
    [[], { PROJO_TIMEOUT: "0.3" }, "PROJO_TIMEOUT=0.3"],
  ])("is named with the timeout of %j %j", async (options, env, source) => {
    const list = await shell.projo(["projects", "list", ...options], { env, fetch: slow(10_000) });
    expect([list.code, list.err]).toEqual([
      1,
      `projo: The server took longer than ${source} allows. Run the command again, or allow more time.\n`,
    ]);
  });

  it("may have carried out a change, and the error says so", async () => {
    const { code, err } = await shell.projo(["projects", "create", "Late", "--timeout", "0.3", "--json"], {
      fetch: slow(10_000),
    });
    expect(code).toBe(1);
    expect(JSON.parse(err)).toEqual({
      error: {
        reason: "cli.timeout",
        message:
          "The server took longer than --timeout 0.3 allows. The server may have carried it out. Before you run the command again, see: projo projects list",
        mayHaveBeenCarriedOut: true,
      },
    });
  });

  it("may use the time for all calls of a command together", async () => {
    const argv = ["tasks", "list", "--project", "a", "--workspace", "Acme", "--timeout", "1"];
    const { code, err } = await shell.projo(argv, { fetch: slow(400) });
    expect([code, err]).toEqual([
      1,
      expect.stringContaining("The server took longer than --timeout 1 allows."),
    ]);
  });

  it("ends an import, which names the rows that are done, and a tail", async () => {
    await shell.file("rows.csv", "project,title\nDocs,First\n");
    const imported = await shell.projo(["tasks", "import", "rows.csv", "--timeout", "0.3"], {
      fetch: slow(10_000),
    });
    expect([imported.code, imported.err]).toEqual([
      1,
      "projo: The server took longer than --timeout 0.3 allows. Run the command again, or allow more time. Nothing was imported yet. Run the same command again to continue.\n",
    ]);
    const tail = await shell.projo(["audit", "tail", "--interval", "0.1", "--timeout", "0.5"], {
      fetch: slow(100),
    });
    expect(tail.code).toBe(1);
    expect(tail.err).toContain("The server took longer than --timeout 0.5 allows.");
  });

  it("gets more time than the default of a call", async () => {
    const { code } = await shell.projo(["projects", "list", "--timeout", "60"], { fetch: slow(1_000) });
    expect(code).toBe(0);
  });
});

describe("an unreachable server", () => {
  it("on this machine is named with the command that starts it", async () => {
    const gone = createServer();
    const url = await listen(gone);
    await close(gone);
    expect(await failure(["call", "system.health", "--url", url])).toEqual([
      1,
      `Cannot reach ${url} (ECONNREFUSED). Start the server in its repository: npx -y pnpm@12 start`,
    ]);
  });

  it("on another machine is named with the advice to check its URL", async () => {
    const argv = ["call", "system.health", "--url", "https://projo.example.com"];
    expect(await failure(argv, { fetch: nowhere })).toEqual([
      1,
      "Cannot reach https://projo.example.com. Check the address (--url or PROJO_URL) and the network.",
    ]);
  });

  it("differs from a server that is not ProjoStack", async () => {
    const stranger = createServer((_request, response) => void response.end("<h1>It works!</h1>"));
    const url = await listen(stranger);
    const [code, message] = await failure(["call", "system.health", "--url", url]);
    expect(code).toBe(1);
    expect(message).toContain("without a ProjoStack response");
    expect(message).toContain("--url or PROJO_URL");
    expect(message).not.toContain("baseUrl");
    await close(stranger);
  });
});

describe("help", () => {
  it("prints an example for every command and exits with 0", async () => {
    for (const words of [
      [],
      ...["signup", "login", "logout", "whoami", "call"].map((word) => [word]),
      ...["create", "list", "get", "use", "rename", "leave", "delete", "restore"].map((word) => [
        "workspaces",
        word,
      ]),
      ...["list", "get", "role", "remove"].map((word) => ["members", word]),
      ...["create", "list", "get", "mine", "resend", "revoke", "accept", "decline"].map((word) => [
        "invites",
        word,
      ]),
      ...["create", "list", "get", "rotate", "revoke"].map((word) => ["keys", word]),
      ...["create", "list", "get", "rename", "delete"].map((word) => ["projects", word]),
      ...["create", "list", "get", "edit", "delete", "import"].map((word) => ["tasks", word]),
      ...["list", "get", "revoke"].map((word) => ["sessions", word]),
    ]) {
      const { out, err } = await expectDone(shell.projo([...words, "--help"]));
      expect(err).toBe("");
      expect(out).toContain(["Usage: projo", ...words].join(" "));
      expect(out).toMatch(/Examples?:\n {2}\$ projo /);
    }
  });

  it("appears without arguments; a command group without a command exits with 2", async () => {
    const alone = await shell.projo([]);
    expect(alone.code).toBe(0);
    expect(alone.out).toContain("Usage: projo");
    const group = await shell.projo(["tasks"]);
    expect(group.code).toBe(2);
    expect(group.err).toContain("Usage: projo tasks");
  });

  it("prints the version", async () => {
    expect((await expectDone(shell.projo(["--version"]))).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
