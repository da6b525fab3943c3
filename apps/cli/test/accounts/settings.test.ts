// The settings of `projo config`: where a value comes from, and what a wrong one does.
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startTestServer, type TestServer } from "@projostack/api/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectDone, openSignedIn, type RunOptions, type Shell } from "../kit.ts";

let server: TestServer;
let shell: Shell;
let path: string;

beforeAll(async () => {
  server = await startTestServer();
  shell = await openSignedIn(server.url);
  path = join(shell.home, ".config", "projo", "config.json");
});

afterAll(async () => {
  await shell?.close();
  await server?.close();
});

/** Runs a command without PROJO_URL. */
const run = (argv: readonly string[], options: RunOptions = {}) =>
  shell.projo(argv, { env: { PROJO_URL: "" }, ...options });
const projo = (...argv: string[]) => expectDone(run(argv));

async function listed(argv: readonly string[] = [], env: Record<string, string> = {}) {
  const { out } = await expectDone(
    run(["config", "list", "--json", ...argv], { env: { PROJO_URL: "", ...env } }),
  );
  const { items } = JSON.parse(out) as { items: { name: string; value: string | null; source: string }[] };
  return Object.fromEntries(items.map(({ name, value, source }) => [name, [value, source]]));
}

const prompt = (env: Record<string, string>) =>
  run(["login", "ann@example.com"], {
    env: { PROJO_URL: server.url, ...env },
    types: [["Password", "\u0003"]],
  });

describe("config", () => {
  it("lists each value in effect: option, variable, setting, selection, default", async () => {
    await projo("config", "set", "workspace", "Mill");
    await projo("config", "set", "color", "never");
    const url = "http://elsewhere.example.com";
    const env = { PROJO_WORKSPACE: "Acme" };
    expect(await listed(["--url", url], env)).toMatchObject({
      url: [url, "--url"],
      workspace: ["Acme", "PROJO_WORKSPACE"],
      color: ["never", "config"],
      timeout: [null, "default"],
    });
    expect(await listed()).toMatchObject({
      url: [server.url, "selected"],
      account: ["ann@example.com", "selected"],
      workspace: ["Mill", "config"],
    });
    await projo("config", "unset", "workspace");
    await projo("config", "unset", "color");
    expect(await listed()).toMatchObject({ workspace: ["Acme", "selected"], color: ["auto", "default"] });
  });

  it("stores a value that every command uses, and says so", async () => {
    expect((await projo("config", "set", "url", `${server.url}/`)).err).toBe(`Set url to ${server.url}.\n`);
    expect((await projo("config", "get", "url")).out).toBe(`${server.url}\n`);
    await projo("config", "set", "workspace", "Nowhere");
    const { code, err } = await run(["tasks", "list"]);
    const absent = 'projo: There is no workspace "Nowhere". It is the value of ';
    expect([code, err]).toEqual([1, `${absent}the setting workspace. See: projo workspaces list\n`]);
    const named = await shell.projo(["tasks", "list"], { env: { PROJO_WORKSPACE: "Nowhere" } });
    expect(named.err).toBe(`${absent}PROJO_WORKSPACE. See: projo workspaces list\n`);
    const switched = await run(["auth", "switch", "ann@example.com"]);
    expect(switched.err).toContain("The setting url is set and takes precedence over this choice.");
    const shadowed = await run(["config", "set", "url", server.url], { env: { PROJO_URL: server.url } });
    expect(shadowed.err).toContain("PROJO_URL is set and takes precedence over this setting.");
    await projo("config", "unset", "url");
    await projo("config", "unset", "workspace");
    expect(JSON.parse(await readFile(path, "utf8"))).toEqual({});
  });

  it("turns colours on and off, unless a variable decides", async () => {
    // oxlint-disable-next-line no-control-regex -- the escape character starts a colour sequence
    const colour = /\u001b\[[\d;]*m/;
    await projo("config", "set", "color", "never");
    expect((await prompt({})).err).not.toMatch(colour);
    expect((await prompt({ CLICOLOR_FORCE: "1" })).err).toMatch(colour);
    await projo("config", "unset", "color");
    expect((await prompt({})).err).toMatch(colour);
  });

  it.each([
    [["set", "colour", "never"], 'There is no setting "colour". Did you mean color? The settings are: url, '],
    [["get", "wrkspace"], "Did you mean workspace?"],
    [["unset", "nothing"], 'There is no setting "nothing". The settings are: '],
    [["set", "color", "sometimes"], 'color: there is no value "sometimes". Use auto, always or never.'],
    [["set", "url", "nonsense"], 'url: "nonsense" is not the URL of a server.'],
    [["set", "account", "ann"], 'account: "ann" is not an email address.'],
    [["set", "timeout", "soon"], 'timeout: "soon" is not a time.'],
    [["set", "timeout", "99999"], 'timeout: "99999" is not a time. Use 0.1 to 86400 seconds'],
    [["set", "workspace", "  "], "workspace: the value is blank."],
    [["set", "url", "http://127.0.0.1/trpc"], 'Remove "/trpc" and what follows it.'],
    [["set", "workspace", ""], "To remove the setting, run: projo config unset workspace"],
  ])("%j is wrong usage, and the message says what is right", async (argv, message) => {
    const { code, err } = await run(["config", ...argv]);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });

  it("a URL with a password is refused, and not shown", async () => {
    const { code, err } = await run(["config", "set", "url", "http://me:hidden@x"]);
    expect(code).toBe(2);
    expect(err).not.toContain("hidden");
  });

  it("an empty PROJO_PAGER takes precedence, because it turns the pager off", async () => {
    await projo("config", "set", "pager", "less");
    expect(await listed([], { PROJO_PAGER: "" })).toMatchObject({ pager: ["", "PROJO_PAGER"] });
    expect(await listed()).toMatchObject({ pager: ["less", "config"] });
    await projo("config", "unset", "pager");
  });

  it("a file of certificates that is missing is named as the setting that it is", async () => {
    await projo("config", "set", "ca-file", "/nowhere/ca.pem");
    expect((await run(["whoami"])).err).toMatch(
      /^projo: The setting ca-file: \/nowhere\/ca\.pem does not exist\./,
    );
    await projo("config", "unset", "ca-file");
  });

  it("a value that does not exist exits with 1", async () => {
    const { code, err } = await run(["config", "get", "pager"]);
    expect([code, err]).toEqual([1, "projo: pager has no value. Set it: projo config set pager VALUE\n"]);
  });
});

describe("a settings file that is not valid", () => {
  it.each([
    ["{", "has an invalid format. Correct it, or delete it."],
    ['{"url":1}', "has an invalid format."],
    ['{"url":"nonsense"}', 'url: "nonsense" is not the URL of a server.'],
  ])("%s stops a command, which could act on another server", async (text, message) => {
    await writeFile(path, text);
    const { code, err } = await run(["tasks", "list"]);
    expect(code).toBe(1);
    expect(err).toContain(path);
    expect(err).toContain(message);
    expect((await run(["--help"])).code).toBe(0);
    expect((await run(["doctor"])).out).toContain(`problem Settings: ${path} is not valid.`);
    await rm(path);
  });

  it("with a setting of a newer projo is used", async () => {
    await writeFile(path, '{"theme":"dark","workspace":"Acme"}');
    await projo("tasks", "list");
    await projo("config", "unset", "workspace");
    expect(JSON.parse(await readFile(path, "utf8"))).toEqual({ theme: "dark" });
    await rm(path);
  });

  it("keeps prompts and messages of a terminal working", async () => {
    await writeFile(path, '{"timeout":"20"}');
    const { code, err } = await prompt({});
    expect([code, err]).toEqual([130, expect.stringContaining("Password")]);
    await rm(path);
  });
});
