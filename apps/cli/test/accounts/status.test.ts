// What `projo status`, `projo doctor` and `projo open` report, and their exit codes.
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startTestServer, type TestServer } from "@projostack/api/testing";
import type { Fetch } from "@projostack/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { versionFit } from "../../src/connection/version-fit.ts";
import { EMAIL, expectDone, nowhere, openShell, openSignedIn, type RunOptions, type Shell } from "../kit.ts";
import { credentialsPath } from "../stored-tokens.ts";

let server: TestServer;
let shell: Shell;
let key: string;

beforeAll(async () => {
  server = await startTestServer();
  shell = await openSignedIn(server.url);
  const created = await expectDone(shell.projo(["keys", "create", "ci", "--scopes", "task:read"]));
  key = created.out.trim();
});

afterAll(async () => {
  await shell?.close();
  await server?.close();
});

/** A server of another version, or with another answer of /readyz. */
const answering =
  ({ version, ready = 200 }: { version?: string; ready?: number }): Fetch =>
  async (url, init) => {
    if (url.endsWith("/readyz")) return new Response(null, { status: ready });
    const response = await fetch(url, init);
    if (version === undefined || !url.includes("system.health")) return response;
    const text = (await response.text()).replace(/"version":"[^"]*"/, `"version":"${version}"`);
    return new Response(text, { status: response.status, headers: response.headers });
  };

async function status(options: RunOptions = {}, target = shell) {
  const { code, out, err } = await target.projo(["status"], options);
  const { out: json } = await target.projo(["status", "--json"], options);
  return { code, out, err, json: JSON.parse(json) as Record<string, unknown> };
}

describe("status", () => {
  it("shows server, health, version, account and workspace, and exits with 0", async () => {
    const { code, out, err, json } = await status({ fetch: answering({ version: "0.1.9" }) });
    expect([code, err]).toEqual([0, ""]);
    expect(out).toContain(`Server:    ${server.url} (from PROJO_URL)\n`);
    expect(out).toMatch(/^Health: +ok, \d+ ms$/m);
    expect(out).toMatch(/^Version: +server 0\.1\.9, projo \S+: compatible$/m);
    expect(out).toContain(`Account:   ${EMAIL}\nSession:   valid\n`);
    expect(out).toMatch(/^Workspace: Acme \(\S+\), as admin$/m);
    expect(json).toMatchObject({
      url: server.url,
      server: { answers: true, isReady: true, version: "0.1.9" },
      projo: { isCompatible: true },
      credential: "stored",
      session: "valid",
      email: EMAIL,
      workspace: { name: "Acme", role: "admin" },
    });
  });

  it("without a sign-in shows the server, and exits with 4", async () => {
    const other = await openShell(server.url);
    const { code, out, err, json } = await status({}, other);
    expect(code).toBe(4);
    expect(out).toContain("Account:   not signed in\n");
    expect(err).toBe(`projo: Not signed in to ${server.url}. Run: projo login\n`);
    const named = await other.projo(["status", "--account", "zed@example.com"]);
    expect(named.err).toContain(`Not signed in to ${server.url} as zed@example.com. Run: projo login zed@`);
    expect(json).toMatchObject({
      server: { answers: true },
      credential: "none",
      session: "none",
      email: null,
    });
    await other.close();
  });

  it("exits with 1 for a server that is down, not ready, or of another major version", async () => {
    const down = await status({ fetch: nowhere });
    expect(down.code).toBe(1);
    expect(down.out).toContain("Health:    Cannot reach");
    expect(down.out).toContain("Session:   not checked\n");
    expect(down.err).toContain("run: projo doctor");
    const stopping = await status({ fetch: answering({ ready: 503 }) });
    expect([stopping.code, stopping.err]).toEqual([1, expect.stringContaining("is not ready")]);
    const next = await status({ fetch: answering({ version: "9.0.0" }) });
    expect([next.code, next.err]).toEqual([
      1,
      "projo: The versions do not fit: projo is too old for this server. Run: npm install --global @projostack/cli@9\n",
    ]);
  });

  it("names a token in PROJO_TOKEN, and the account that it hides", async () => {
    const { code, out } = await status({ env: { PROJO_TOKEN: key } });
    expect(code).toBe(0);
    expect(out).toContain("Account:   service key in PROJO_TOKEN\nSession:   valid\n");
    expect(out).toContain(`Not used:  the session of ${EMAIL}, because PROJO_TOKEN is set\n`);
    expect(out).not.toContain(key);
    const wrong = await status({ env: { PROJO_TOKEN: "pja_wrong" } });
    expect(wrong.code).toBe(4);
    expect(wrong.err).toContain("The token in PROJO_TOKEN is not valid.");
    expect(wrong.out + wrong.err).not.toContain("pja_wrong");
  });
});

it("versions fit within a major version", () => {
  expect(versionFit("1.2.0", "1.2.9").text).toBe("compatible");
  expect(versionFit("1.3.0", "1.2.0")).toMatchObject({
    isCompatible: true,
    text: expect.stringContaining("older"),
  });
  expect(versionFit("1.2.0", "1.3.0")).toMatchObject({
    isCompatible: true,
    text: expect.stringContaining("newer"),
  });
  expect(versionFit("1.9.0", "2.0.0").isCompatible).toBe(false);
  expect(versionFit("2.0.0", "1.9.0").isCompatible).toBe(false);
});

interface Checks {
  checks: { name: string; status: string; text: string; fix?: string }[];
  problems: number;
}

async function doctor(argv: readonly string[] = [], options: RunOptions = {}, target = shell) {
  const { code, out, err } = await target.projo(["doctor", "--json", ...argv], options);
  const { checks, problems } = JSON.parse(out) as Checks;
  return { code, out, err, problems, of: (name: string) => checks.filter((check) => check.name === name) };
}

/** A server of the next major version that is not ready, and whose clock is an hour ahead. */
const wrongClock: Fetch = async (url, init) => {
  const response = await answering({ version: "9.0.0", ready: 503 })(url, init);
  const date = new Date(Date.now() + 3_600_000).toUTCString();
  return new Response(await response.text(), {
    status: response.status,
    headers: { "content-type": "application/json", date },
  });
};

describe("doctor", () => {
  it("finds no problem where all is well, and exits with 0", async () => {
    const { code, err, problems, of } = await doctor();
    expect([code, err, problems]).toEqual([0, "", 0]);
    for (const name of [
      "Node.js",
      "Directory",
      "Credentials",
      "Settings",
      "Server",
      "TCP",
      "Request",
      "Ready",
    ])
      expect(of(name), name).toMatchObject([{ status: "ok" }]);
    expect(of("Clock")).toMatchObject([{ status: "ok" }]);
    expect(of("Account")).toMatchObject([{ status: "ok", text: EMAIL }]);
  });

  it("prints each check with its fix as text", async () => {
    const other = await openShell(server.url);
    const { code, out } = await expectDone(
      other.projo(["doctor"], { env: { PROJO_URL: server.url, SHELL: "/bin/zsh" } }),
    );
    expect(code).toBe(0);
    expect(out).toContain(`note    Account: not signed in to ${server.url}.\n        Run: projo login\n`);
    expect(out).toContain(
      "note    Completion: not installed for zsh.\n        See: projo completion --help\n",
    );
    await other.close();
  });

  it("shows no secret of the environment", async () => {
    const proxy = "http://ann:hidden1@127.0.0.1:9";
    const env = { PROJO_TOKEN: "pjk_hidden2", HTTP_PROXY: proxy, PROJO_WORKSPACE: "pja_hidden3" };
    const { code, out, err, of } = await doctor([], { env: { PROJO_URL: server.url, ...env } });
    expect(code).toBe(1);
    expect(out + err).not.toMatch(/hidden/);
    expect(of("Environment")[0]?.text).toContain("PROJO_TOKEN=(a service key, not shown)");
    expect(of("Environment")[0]?.text).toContain("HTTP_PROXY=(name and password, not shown)@127.0.0.1:9");
    expect(of("Proxy")).toMatchObject([{ status: "note" }]);
    const password = await doctor([], { env: { PROJO_URL: "http://me:hidden@x.example.com" } });
    expect(password.code).toBe(1);
    expect(password.out + password.err).not.toContain("hidden");
  });

  it("names the first step to the server that fails, and its fix", async () => {
    const unknown = await doctor(["--url", "http://nowhere.invalid:4000"]);
    expect(unknown.code).toBe(1);
    expect(unknown.of("DNS")).toMatchObject([
      { status: "problem", fix: expect.stringContaining("Check the host name") },
    ]);
    expect(unknown.of("Request")).toEqual([]);
    const closed = await doctor(["--url", "http://127.0.0.1:9"]);
    expect(closed.of("TCP")).toMatchObject([
      { status: "problem", text: expect.stringContaining("ECONNREFUSED") },
    ]);
    const plain = await doctor(["--url", server.url.replace("http:", "https:")]);
    expect(plain.of("TCP")).toMatchObject([{ status: "ok" }]);
    expect(plain.of("TLS")).toMatchObject([{ status: "problem" }]);
    expect(plain.err).toContain("1 problem found.");
  });

  it("finds no difference between the clocks when the answers of the server take seconds", async () => {
    const { of } = await doctor([], {
      fetch: async (url, init) => {
        if (url.endsWith("/readyz")) await new Promise((resolve) => setTimeout(resolve, 3_500));
        return fetch(url, init);
      },
    });
    expect(of("Clock")).toMatchObject([{ status: "ok", text: "as that of the server" }]);
  });

  it("names a clock that differs, a server that is not ready, and one of another major version", async () => {
    const { code, of, problems } = await doctor([], { fetch: wrongClock });
    expect([code, problems]).toEqual([1, 3]);
    expect(of("Clock")).toMatchObject([
      { status: "problem", text: expect.stringMatching(/this clock is 3\d{3} seconds behind/) },
    ]);
    expect(of("Ready")).toMatchObject([{ status: "problem" }]);
    expect(of("Version")).toMatchObject([{ status: "problem" }]);
  });

  it("names credentials that are invalid or that others could read, and a directory that others can change", async () => {
    const path = credentialsPath(shell.home);
    const kept = await readFile(path, "utf8");
    await chmod(path, 0o644);
    const open = await doctor();
    expect(open.of("Credentials")).toMatchObject([{ status: "ok" }, { status: "problem" }]);
    await writeFile(path, "{");
    const broken = await doctor();
    expect(broken.code).toBe(1);
    expect(broken.of("Credentials")).toMatchObject([
      { status: "problem", fix: expect.stringContaining("invalid format") },
    ]);
    expect(broken.of("Request")).toMatchObject([{ status: "ok" }]);
    await writeFile(path, kept);
    await chmod(join(path, ".."), 0o777);
    expect((await doctor()).of("Directory")).toMatchObject([
      { status: "problem", fix: expect.stringMatching(/^Run: chmod 700 /) },
    ]);
    await chmod(join(path, ".."), 0o700);
    expect((await doctor()).code).toBe(0);
    const config = { PROJO_URL: server.url, PROJO_CONFIG_DIR: "/proc/self/projo" };
    const none = await doctor([], { env: config });
    const ofFile = await doctor([], { env: { ...config, PROJO_CONFIG_DIR: `${path}/projo` } });
    expect(ofFile.of("Directory")).toMatchObject([
      { text: `${path}/projo cannot be created: ${path} is not a directory.` },
    ]);
    const relative = await doctor([], { env: { ...config, PROJO_CONFIG_DIR: "config" } });
    expect(relative.of("Directory")).toMatchObject([
      { status: "note", fix: "Set it to an absolute path." },
      { status: "note" },
    ]);
    expect(none.of("Directory")).toMatchObject([
      { status: process.platform === "linux" ? "problem" : "note" },
    ]);
  });
});

/** A program that records its arguments in place of a browser. */
async function browser(exitCode: number) {
  const directory = join(shell.directory, `browser-${exitCode}`);
  await mkdir(directory, { recursive: true });
  const path = join(directory, "browser");
  await writeFile(path, `#!/bin/sh\necho "$@" > "${directory}/opened"\nexit ${exitCode}\n`);
  await chmod(path, 0o755);
  return { path, opened: async () => (await readFile(join(directory, "opened"), "utf8")).trim() };
}

const env = (more: Record<string, string>) => ({
  PROJO_URL: server.url,
  PATH: process.env["PATH"] ?? "",
  ...more,
});

it("doctor finds the completion in the files of the shell, and in no other text with the name", async () => {
  const zsh = join(shell.directory, "zsh");
  await mkdir(zsh);
  const environment = env({ SHELL: "/bin/zsh", ZDOTDIR: zsh });
  for (const [text, found] of [
    ["cd ~/projo", "note"],
    ["source <(projo completion zsh)", "ok"],
  ] as const) {
    await writeFile(join(zsh, ".zshrc"), text);
    expect((await doctor([], { env: environment })).of("Completion")).toMatchObject([{ status: found }]);
  }
});

describe("open", () => {
  it("opens the page in the browser on a terminal", async () => {
    const { path, opened } = await browser(0);
    const { out, err } = await expectDone(
      shell.projo(["open", "docs"], { columns: 80, env: env({ BROWSER: path }) }),
    );
    expect([out, err]).toEqual(["", `Opened ${server.url}/docs in the browser.\n`]);
    expect(await opened()).toBe(`${server.url}/docs`);
    const withPlace = env({ BROWSER: `${path} --app=%s --new` });
    await expectDone(shell.projo(["open", "docs"], { columns: 80, env: withPlace }));
    expect(await opened()).toBe(`--app=${server.url}/docs --new`);
  });

  it("prints the URL with --print, without a terminal, and without a browser that works", async () => {
    const { path } = await browser(3);
    for (const [argv, columns, browserPath] of [
      [["open", "--print"], 80, path],
      [["open"], undefined, path],
      [["open"], 80, path],
      [["open"], 80, "/nowhere/browser"],
      [["open"], 80, ""],
    ] as const) {
      const options = { env: env({ BROWSER: browserPath }), ...(columns !== undefined && { columns }) };
      const { out } = await expectDone(shell.projo(argv, options));
      expect(out).toBe(`${server.url}/\n`);
    }
  });

  it("names a page of the selected workspace", async () => {
    const { out } = await expectDone(shell.projo(["open", "tasks", "--print"]));
    expect(out).toMatch(new RegExp(`^${server.url}/w/[0-9a-f-]{36}/tasks\n$`));
    expect((await shell.projo(["open", "nope"])).code).toBe(2);
  });
});
