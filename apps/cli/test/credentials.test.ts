import { execFile } from "node:child_process";
import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify, stripVTControlCharacters } from "node:util";
import { startTestServer, type TestServer } from "@projostack/api/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createWholeProgram } from "../src/program.ts";
import { configDirectory } from "../src/credentials/config-directory.ts";
import type { Command } from "commander";
import type { Io } from "../src/io.ts";
import { EMAIL, expectDone, nowhere, openShell, openSignedIn, PASSWORD, type Shell } from "./kit.ts";

let server: TestServer;
let shell: Shell;
let directory: string;
let path: string;

beforeAll(async () => {
  server = await startTestServer();
  shell = await openSignedIn(server.url);
  directory = join(shell.home, ".config", "projo");
  path = join(directory, "credentials.json");
});

afterAll(async () => {
  await shell?.close();
  await server?.close();
});

const ioWith = (env: Record<string, string>, platform: NodeJS.Platform = "linux") =>
  ({ env, platform, homeDirectory: "/people/ann" }) as unknown as Io;

const modeOf = async (file: string) => ((await stat(file)).mode & 0o777).toString(8);

describe("the credentials file", () => {
  it("grants access to its owner only, and no other file is left in its directory", async () => {
    expect(await modeOf(path)).toBe("600");
    expect(await modeOf(directory)).toBe("700");
    expect(await readdir(directory)).toEqual(["credentials.json"]);
  });

  it("gets replaced as a whole, so that an open reader sees no partial file", async () => {
    const before = (await stat(path)).ino;
    await expectDone(shell.projo(["workspaces", "use", "Acme"]));
    expect((await stat(path)).ino).not.toBe(before);
  });

  it("holds no password", async () => {
    expect(await readFile(path, "utf8")).not.toContain(PASSWORD);
  });

  it("gets restricted permissions, with a warning, when others could read it", async () => {
    await chmod(path, 0o644);
    const { err } = await expectDone(shell.projo(["whoami"]));
    expect(err).toContain(`Other users could read ${path}. Now only you can.`);
    expect(await modeOf(path)).toBe("600");
    expect((await expectDone(shell.projo(["whoami"]))).err).toBe("");
  });

  it("causes an error with the next step when its format is invalid", async () => {
    const kept = await readFile(path, "utf8");
    const texts = ["", "{", "[]", '{"servers":{"http://x":{"token":1}}}', '{"servers":[]}'];
    const noUrls = ['{"servers":{"nowhere":{"email":"a@b.c"}}}', '{"current":"http://","servers":{}}'];
    const noToken = kept.replace("pja_", String.raw`pja\n_`);
    for (const broken of [...texts, ...noUrls, noToken]) {
      await writeFile(path, broken);
      const { code, err } = await shell.projo(["whoami"]);
      expect(code).toBe(1);
      expect(err).toBe(`projo: ${path} has an invalid format. Delete the file, then run: projo login\n`);
    }
    await writeFile(path, kept);
  });

  it.skipIf(process.platform === "win32")("is not read from a pipe or a device", async () => {
    for (const kind of ["pipe", "device"]) {
      const home = await mkdtemp(join(tmpdir(), "projo-pipe-"));
      const config = join(home, "credentials.json");
      await (kind === "pipe" ? promisify(execFile)("mkfifo", [config]) : symlink("/dev/zero", config));
      const { code, err } = await shell.projo(["tasks", "list"], { env: { PROJO_CONFIG_DIR: home } });
      expect({ code, err }, kind).toEqual({
        code: 1,
        err: `projo: ${config} cannot be read: it is not a regular file. Set PROJO_CONFIG_DIR to another directory.\n`,
      });
      await rm(home, { recursive: true });
    }
  });

  it("stores a session for each server and defaults to the last one", async () => {
    const second = await startTestServer();
    const signup = ["signup", "other@example.com", "--password-stdin", "--url", second.url];
    await expectDone(shell.projo(signup, { stdin: PASSWORD }));
    const unnamed = { env: { PROJO_URL: "" } };
    expect((await expectDone(shell.projo(["whoami"], unnamed))).out).toContain("other@example.com");
    expect((await expectDone(shell.projo(["whoami", "--url", `${server.url}/`], unnamed))).out).toContain(
      EMAIL,
    );
    await second.close();
  });

  it("uses the configuration directory of the platform", () => {
    expect(configDirectory(ioWith({}))).toBe("/people/ann/.config/projo");
    expect(configDirectory(ioWith({ XDG_CONFIG_HOME: "/x" }))).toBe("/x/projo");
    expect(configDirectory(ioWith({ XDG_CONFIG_HOME: "relative" }))).toBe("/people/ann/.config/projo");
    expect(configDirectory(ioWith({ XDG_CONFIG_HOME: "/x", PROJO_CONFIG_DIR: "/own" }))).toBe("/own");
    expect(configDirectory(ioWith({ APPDATA: "/appdata" }, "win32"))).toBe("/appdata/projo");
  });
});

describe("a password", () => {
  it("cannot be an option or argument of any command", async () => {
    const options: string[] = [];
    const collect = (command: Command) => {
      options.push(...command.options.map(({ long }) => long ?? ""));
      options.push(...command.registeredArguments.map((argument) => argument.name()));
      command.commands.forEach(collect);
    };
    const io = { stdout: {}, stderr: {}, env: {} } as unknown as Io;
    collect(await createWholeProgram(io));
    const secrets = options.filter((option) => /pass|secret|token/i.test(option));
    expect(new Set(secrets)).toEqual(new Set(["--password-stdin"]));
  });

  it("cannot be in a JSON argument of `call`, but in JSON from a pipe", async () => {
    const input = JSON.stringify({ email: EMAIL, password: PASSWORD });
    const { code, err } = await shell.projo(["call", "auth.signIn", input]);
    expect(code).toBe(2);
    expect(err).not.toContain(PASSWORD);
    expect(err).toContain("Use - as the input");
    await expectDone(shell.projo(["call", "auth.signIn", "-"], { stdin: input }));
  });

  it("cannot be seen at the prompt, which says the rule and asks until the server accepts the password", async () => {
    const other = await openShell(server.url);
    const typed = await expectDone(
      other.projo(["signup"], {
        types: [
          ["Email", "kim@example.com\r"],
          ["Password", `${PASSWORD}\r`],
          ["Repeat the password", `${PASSWORD}\r`],
        ],
      }),
    );
    expect(typed.err).toContain("Signed in to");
    expect(typed.out + typed.err).not.toContain(PASSWORD);
    expect(typed.out).toBe("");

    const slipped = await expectDone(
      other.projo(["signup", "lee@example.com"], {
        types: [
          ["Password (at least 15 characters)", "four\r"],
          ["Use at least 15 characters.", `${"a".repeat(15)}\r`],
          ["Repeat the password", `${"a".repeat(15)}\r`],
          ["password: it is too easy to guess.", `${PASSWORD}\r`],
          ["Repeat the password", "another one entirely\r"],
          ["The two passwords differ. Enter them again.", `${PASSWORD}\r`],
          ["Repeat the password", `${PASSWORD}\r`],
        ],
      }),
    );
    expect(slipped.err).toContain("as lee@example.com");
    await other.close();
  });

  it("prompt exits with 130 at Ctrl-C", async () => {
    const { code, err } = await shell.projo(["login", EMAIL], { types: [["Password", "\u0003"]] });
    expect(code).toBe(130);
    expect(stripVTControlCharacters(err)).toContain("projo: Stopped.");
  });

  it("cannot be entered at a prompt without a terminal", async () => {
    const { code, err } = await shell.projo(["login", EMAIL]);
    expect(code).toBe(2);
    expect(err).toBe(
      "projo: There is no terminal to ask for the password. Pipe it in with --password-stdin.\n",
    );
    const nameless = await shell.projo(["login"]);
    expect(nameless.err).toBe(
      "projo: There is no terminal to ask for the email and the password. Add the email as an argument, and pipe the password in with --password-stdin.\n",
    );
    const empty = await shell.projo(["login", EMAIL, "--password-stdin"], { stdin: "" });
    expect(empty.err).toBe("projo: Standard input is empty. Pipe in the password.\n");
  });

  it("cannot come from a terminal with --password-stdin", async () => {
    const { code, err } = await shell.projo(["login", EMAIL, "--password-stdin"], { types: [] });
    expect(code).toBe(2);
    expect(err).toContain("Omit the option to enter the password at a prompt.");
  });

  it("causes a warning over an unencrypted connection", async () => {
    const { err } = await shell.projo(
      ["login", EMAIL, "--password-stdin", "--url", "http://projo.example.com"],
      { stdin: PASSWORD, fetch: nowhere },
    );
    expect(err).toContain("Warning: http://projo.example.com is not encrypted.");
  });
});

const promptWith = (env: Record<string, string>) =>
  shell.projo(["login", EMAIL], { env, types: [["Password", "\u0003"]] });

it("omits colours from prompts when NO_COLOR is set", async () => {
  // oxlint-disable-next-line no-control-regex -- the escape character starts a colour sequence
  const colour = /\u001b\[[\d;]*m/;
  expect((await promptWith({})).err).toMatch(colour);
  expect((await promptWith({ NO_COLOR: "1" })).err).not.toMatch(colour);
});
