// What a shell gets for a command line: from the server, from the cache, and without either.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { hostname } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { Fetch } from "@projostack/sdk";
import { startTestServer, type TestServer } from "@projostack/api/testing";
import type { Command } from "commander";
import { afterAll, beforeAll, expect, it } from "vitest";
import { byName } from "../../src/completion/candidate.ts";
import { bash } from "../../src/completion/shells/bash.ts";
import { parseBashLine, quoteForBash } from "../../src/completion/shells/bash-line.ts";
import { powershell } from "../../src/completion/shells/powershell.ts";
import { kindOfArgument, kindOfOption } from "../../src/completion/value-kinds.ts";
import type { Io } from "../../src/io.ts";
import { createWholeProgram } from "../../src/program.ts";
import { expectDone, openShell, openSignedIn, PASSWORD, type Shell } from "../kit.ts";
import { openVerifiedAdmin } from "../people.ts";
import { credentialsPath, expire } from "../stored-tokens.ts";
import { program } from "./real-shells.ts";

const WORD_BREAKS = " \t\n\"'@><=;|&(:";

let server: TestServer;
let shell: Shell;

beforeAll(async () => {
  server = await startTestServer();
  shell = await openVerifiedAdmin(server, "ann@example.com");
  for (const name of ["Website", "Docs", "--force"]) {
    const input = JSON.stringify({ name });
    await expectDone(shell.projo(["call", "projects.create", input]));
  }
  await expectDone(shell.projo(["tasks", "create", "First", "--project", "Website"]));
  await expectDone(shell.projo(["keys", "create", "nightly", "--scopes", "task:read"]));
  await expectDone(shell.projo(["invites", "create", "eve@example.com"]));
});

afterAll(async () => {
  await shell?.close();
  await server?.close();
});

const SLOW = { PROJO_COMPLETION_TIMEOUT: "60" };

/** Returns the lines after the first, as zsh and fish get them. */
async function completed(
  words: readonly string[],
  { of = shell, fetch }: { of?: Shell; fetch?: Fetch } = {},
) {
  const { code, out, err } = await of.projo(["__complete", "zsh", "--", ...words], {
    env: SLOW,
    ...(fetch && { fetch }),
  });
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return out.split("\n").slice(1, -1);
}

const valuesOf = (lines: readonly string[]) => lines.map((line) => line.split("\t")[0]);

it("completes commands, options and their fixed values", async () => {
  expect(valuesOf(await completed(["tasks", ""]))).toEqual(
    expect.arrayContaining(["list", "create", "edit", "delete", "import"]),
  );
  expect(valuesOf(await completed([""]))).not.toContain("__complete");
  expect(valuesOf(await completed(["help", "tasks", ""]))).toContain("import");
  expect(valuesOf(await completed(["tasks", "list", "--"]))).toEqual(
    expect.arrayContaining(["--status", "--project", "--url", "--help"]),
  );
  expect(valuesOf(await completed(["tasks", "list", "--status", ""]))).toEqual(["todo", "doing", "done"]);
  expect(valuesOf(await completed(["tasks", "list", "--status=d"]))).toContain("--status=doing");
  expect(valuesOf(await completed(["members", "role", "x", ""]))).toEqual(["viewer", "member", "admin"]);
  expect(valuesOf(await completed(["call", ""]))).toContain("tasks.list");
  expect(valuesOf(await completed(["audit", "list", "--action", ""]))).toContain("access.denied");
  expect(valuesOf(await completed(["completion", ""]))).toEqual(["bash", "zsh", "fish", "powershell"]);
  // A word after -- is an argument, and the value of an option is no command.
  expect(valuesOf(await completed(["--workspace", "tasks", "pro"]))).toContain("projects");
  expect(await completed(["projects", "create", "--", "--"])).toEqual([]);
});

it("completes the fields of --json, and settings with their values", async () => {
  expect(await completed(["tasks", "list", "--json", "ti"])).toContain("title\t");
  expect(await completed(["tasks", "list", "--json=id,"])).toContain("--json=id,title\t");
  expect(await completed(["tasks", "list", "--json=id,"])).not.toContain("--json=id,id\t");
  expect(await completed(["logout", "--json", ""])).toContain("sessionEndsAt\t");
  for (const verb of ["get", "set", "unset"])
    expect(await completed(["config", verb, ""])).toEqual(expect.arrayContaining(["url\t", "color\t"]));
  expect(valuesOf(await completed(["config", "set", "color", ""]))).toEqual(["auto", "always", "never"]);
  expect(valuesOf(await completed(["config", "set", "url", ""]))).toEqual([server.url]);
  expect(valuesOf(await completed(["config", "set", "workspace", ""]))).toEqual(["Acme"]);
  expect(await completed(["config", "set", "timeout", ""])).toEqual([]);
});

it("offers an option once, and of several names each once", async () => {
  const options = valuesOf(await completed(["login", "--"]));
  expect(options.filter((option) => option === "--help")).toHaveLength(1);
  expect(valuesOf(await completed(["projects", "delete", "Docs", ""]))).not.toContain("Docs");
});

it("completes, and prints the script of a shell, also when the settings file is not valid", async () => {
  const path = join(shell.home, ".config", "projo", "config.json");
  await writeFile(path, "{");
  expect(valuesOf(await completed(["con"]))).toContain("config");
  expect((await expectDone(shell.projo(["completion", "bash"]))).err).toBe("");
  await rm(path);
});

it("completes the names of the workspace, and ids with their titles", async () => {
  expect(await completed(["projects", "delete", ""])).toEqual([
    expect.stringMatching(/^[0-9a-f-]{36}\t--force$/),
    "Docs\t",
    "Website\t",
  ]);
  expect(await completed(["tasks", "update", ""])).toEqual([expect.stringMatching(/^[0-9a-f-]{36}\tFirst$/)]);
  expect(await completed(["members", "get", ""])).toEqual(["ann@example.com\tadmin"]);
  expect(await completed(["tasks", "list", "--created-by", ""])).toEqual(["ann@example.com\tadmin", "me\t"]);
  expect(await completed(["keys", "rotate", ""])).toEqual(["nightly\tmember, active"]);
  expect(await completed(["invites", "revoke", ""])).toEqual(["eve@example.com\tmember"]);
  expect(await completed(["workspaces", "use", ""])).toEqual(["Acme\tadmin"]);
  expect(await completed(["tasks", "list", "--workspace", "Acme", "--project", ""])).toHaveLength(3);
  expect(await completed(["sessions", "revoke", ""])).toEqual([expect.stringContaining("\tthis session, ")]);
  expect(valuesOf(await completed(["tasks", "list", "--url", ""]))).toEqual([server.url]);
});

it("searches for what is typed when a workspace has more projects than one page", async () => {
  const other = await openSignedIn(server.url, "many@example.com");
  const inputs = Array.from({ length: 101 }, (_, at) => JSON.stringify({ name: `Project ${at}` }));
  for (const input of inputs) await expectDone(other.projo(["call", "projects.create", input]));
  // The oldest project is not on the first page.
  expect(valuesOf(await completed(["projects", "delete", ""], { of: other }))).not.toContain("Project 0");
  expect(valuesOf(await completed(["projects", "delete", "Project 0"], { of: other }))).toEqual([
    "Project 0",
  ]);
  await other.close();
});

const cacheOf = ({ home }: Shell) => join(home, ".cache", "projo", "completion");

it("keeps values for a moment, readable by the user alone", async () => {
  await rm(cacheOf(shell), { recursive: true, force: true });
  let requests = 0;
  const counting: Fetch = (url, init) => {
    requests += 1;
    return fetch(url, init);
  };
  const first = await completed(["projects", "delete", ""], { fetch: counting });
  expect(await completed(["projects", "delete", ""], { fetch: counting })).toEqual(first);
  expect(requests).toBe(1);
  const [name = "", ...others] = await readdir(cacheOf(shell));
  expect(others).toEqual([]);
  const modes = await Promise.all([cacheOf(shell), join(cacheOf(shell), name)].map((path) => stat(path)));
  expect(modes.map(({ mode }) => (mode & 0o777).toString(8))).toEqual(["700", "600"]);
  const content = await readFile(join(cacheOf(shell), name), "utf8");
  expect(content).toContain("Website");
  expect(content).not.toMatch(/pj[ark]_/);
});

it("gives an account nothing of another one, and nothing after a sign-out", async () => {
  const one = await openSignedIn(server.url, "one@example.com");
  await expectDone(one.projo(["projects", "create", "Secret"]));
  expect(await completed(["projects", "delete", ""], { of: one })).toEqual(["Secret\t"]);
  await expectDone(one.projo(["logout"]));
  expect(await readdir(cacheOf(one)).catch(() => [])).toEqual([]);
  expect(await completed(["projects", "delete", ""], { of: one })).toEqual([]);
  await expectDone(one.projo(["signup", "two@example.com", "--password-stdin"], { stdin: PASSWORD }));
  await expectDone(one.projo(["workspaces", "create", "Other"]));
  expect(await completed(["projects", "delete", ""], { of: one })).toEqual([]);
  expect(await completed(["workspaces", "use", ""], { of: one })).toEqual(["Other\tadmin"]);
  await one.close();
});

/** Runs the built program as a shell's script does. */
async function started(env: Record<string, string>, words: readonly string[]) {
  const child = spawn(process.execPath, [program, "__complete", "zsh", "--", ...words], {
    env: { PATH: process.env["PATH"], ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const closed = once(child, "close") as Promise<[number | null]>;
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
  return { code, out, err };
}

const NOTHING = { code: 0, out: "words\n", err: "" };
const LINE = ["projects", "delete", ""];

it("answers with nothing, and without an error, when it cannot ask the server", async () => {
  const env = { HOME: shell.home, PROJO_URL: server.url };
  await rm(cacheOf(shell), { recursive: true, force: true });
  // Signed out, no home directory, no server, wrong settings.
  const out = await openShell(server.url);
  expect(await started({ ...env, HOME: out.home }, LINE)).toEqual(NOTHING);
  expect(await started({ ...env, HOME: "/dev/null" }, LINE)).toEqual(NOTHING);
  expect(await started({ ...env, PROJO_URL: "http://127.0.0.1:9" }, LINE)).toEqual(NOTHING);
  expect(await started({ ...env, PROJO_URL: "no url", PROJO_CA_FILE: "/absent" }, LINE)).toEqual(NOTHING);
  expect(await started({ ...env, PROJO_TOKEN: "\u0001" }, LINE)).toEqual(NOTHING);
  // Fixed values need no server.
  expect((await started({ ...env, HOME: "/dev/null" }, ["tasks", "list", "--status", ""])).out).toContain(
    "todo",
  );
  await mkdir(join(out.home, ".config", "projo"), { recursive: true });
  await writeFile(join(out.home, ".config", "projo", "credentials.json"), "broken", { mode: 0o600 });
  expect(await started({ ...env, HOME: out.home }, LINE)).toEqual(NOTHING);
  await out.close();
});

it("waits no longer than the time limit for a server that does not answer, or for a lock", async () => {
  await rm(cacheOf(shell), { recursive: true, force: true });
  const silent = createServer(() => {}).listen(0, "127.0.0.1");
  await once(silent, "listening");
  const address = silent.address();
  const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  const file = await readFile(credentialsPath(shell.home), "utf8");
  const moved = await openShell(url);
  await mkdir(join(moved.home, ".config", "projo"), { recursive: true });
  await writeFile(credentialsPath(moved.home), file.replaceAll(server.url, url), { mode: 0o600 });
  expect(await started({ HOME: moved.home, PROJO_URL: url }, LINE)).toEqual(NOTHING);
  silent.close();
  await moved.close();
  // A lock that this process holds stays until the test deletes it.
  await expire(shell.home, server);
  const lock = join(shell.home, ".config", "projo", "credentials.lock");
  await writeFile(lock, JSON.stringify({ id: "x", pid: process.pid, host: hostname() }));
  expect(await started({ HOME: shell.home, PROJO_URL: server.url }, LINE)).toEqual(NOTHING);
  await rm(lock);
  // The next completion refreshes the session.
  expect(await completed(LINE)).toHaveLength(3);
});

it("leaves credentials that other users can read to the command that reports them", async () => {
  const other = await openSignedIn(server.url, "open@example.com");
  const { chmod } = await import("node:fs/promises");
  await chmod(credentialsPath(other.home), 0o644);
  expect(await completed(["workspaces", "use", ""], { of: other })).toEqual([]);
  expect((await other.projo(["whoami"])).err).toContain("Other users could read");
  await other.close();
});

const isOffered = (one: Command) => !["help", "__complete"].includes(one.name());

it("decides for each option and argument of every command which values it takes", async () => {
  const io = { stdout: {}, stderr: {}, env: {} } as unknown as Io;
  const open: string[] = [];
  const visit = (command: Awaited<ReturnType<typeof createWholeProgram>>, path: string): void => {
    for (const option of command.options) {
      if ((option.required || option.optional) && !option.argChoices && kindOfOption(option) === undefined)
        open.push(`${path} ${option.flags}`);
    }
    for (const argument of command.registeredArguments) {
      if (!argument.argChoices && kindOfArgument(command, argument) === undefined)
        open.push(`${path} ${argument.name()}`);
    }
    for (const one of command.commands.filter(isOffered)) visit(one, `${path} ${one.name()}`);
  };
  visit(await createWholeProgram(io), "projo");
  expect(open).toEqual([]);
});

const HOSTILE = [
  "a b",
  "'; touch pwned; '",
  '"; touch pwned; "',
  "$(touch pwned)",
  "`touch pwned`",
  "${HOME} $HOME ~ ~root",
  "a\\ b\\",
  "!! !$ ^a^b",
  "a=b:c@d,e",
  "[a] {b,c} * ? # (d) <e> |f &g",
  "日本語 🚀 👨‍👩‍👧 ñ é",
  "~",
  "#x",
];

it("quotes names so that bash reads exactly them, whatever quote is open", () => {
  const quotes = ["", "'", '"'] as const;
  const words = HOSTILE.flatMap((name) =>
    quotes.map((quote) => `${quote}${quoteForBash(name, quote)}${quote}`),
  );
  const { stdout, stderr } = spawnSync("bash", ["--norc", "-c", `printf '%s\\0' ${words.join(" ")}`], {
    encoding: "utf8",
    env: { PATH: process.env["PATH"], LC_ALL: "C.UTF-8" },
  });
  expect(stderr).toBe("");
  expect(stdout.split("\0").slice(0, -1)).toEqual(HOSTILE.flatMap((name) => [name, name, name]));
  // The words of a line are read back as bash reads them.
  for (const word of words) {
    const { words: read } = parseBashLine(`projo ${word} `, WORD_BREAKS);
    expect(HOSTILE).toContain(read[0]);
  }
});

const parse = (line: string) => parseBashLine(line, WORD_BREAKS);

it("splits the line of bash at quotes, breaks and redirections, and evaluates nothing", () => {
  expect(parse("projo tasks ")).toMatchObject({ words: ["tasks"], current: "", kept: "" });
  expect(parse("projo --project=We")).toMatchObject({
    words: [],
    current: "--project=We",
    kept: "--project=",
  });
  expect(parse("projo x 'a b")).toMatchObject({ words: ["x"], current: "a b", kept: "", quote: "'" });
  expect(parse('projo x --p="a \\" b')).toMatchObject({ current: '--p=a " b', kept: "--p=", quote: '"' });
  expect(parse("projo get ann@ex")).toMatchObject({ current: "ann@ex", kept: "ann" });
  expect(parse("projo $(touch pwned) `x` ")).toMatchObject({ words: ["$(touch", "pwned)", "`x`"] });
  expect(parse("projo list > fi")).toMatchObject({ words: ["list"], isRedirected: true, current: "fi" });
  expect(parse("projo list 2>&1 >fi")).toMatchObject({ words: ["list"], isRedirected: true });
  expect(parse("projo list > file --st")).toMatchObject({
    words: ["list"],
    isRedirected: false,
    current: "--st",
  });
  expect(parse("projo '' x")).toMatchObject({ words: [""], current: "x" });
});

const replies = (candidates: readonly string[], line: string) =>
  bash
    .parse([line, WORD_BREAKS, "9"], {} as Io)
    .write({ typed: "", candidates: candidates.map((value) => ({ value })) })
    .split("\n")
    .slice(1);

it("replaces only the part of a word that bash replaces", () => {
  expect(replies(["a=b c"], "projo x a=b")).toEqual(["b\\ c"]);
  expect(replies(["ann@example.com"], "projo x ann@e")).toEqual(["@example.com"]);
  expect(replies(["Website", "web"], "projo x we")).toEqual(["web"]);
  expect(replies(["Website"], "projo x we")).toEqual(["Website"]);
  expect(replies(["Website", "WEB"], "projo x we")).toEqual([]);
});

const answer = (value: string, current = "") =>
  powershell
    .parse([], { env: { PROJO_COMPLETION_LINE: `projects\ndelete\n${current}` } } as unknown as Io)
    .write({ typed: "", candidates: [{ value }] });

it("quotes names for PowerShell, which takes typographic quotes for quotes", () => {
  expect(answer("Website")).toBe("words\nWebsite\tWebsite\tWebsite");
  expect(answer("It's $(x) `y`; \u2018z\u2019", "'It")).toBe(
    "words\n'It''s $(x) `y`; \u2018\u2018z\u2019\u2019'\tIt's $(x) `y`; \u2018z\u2019\tIt's $(x) `y`; \u2018z\u2019",
  );
});

const id = (digit: number) => `0000000${digit}-0000-7000-8000-000000000000`;

it("offers the id in place of a name that is not unique or could control a terminal", () => {
  const names = [
    "ok",
    "a\nb",
    "a\tb",
    "\u001b[31m",
    "\u202egnp",
    "-rf",
    " ",
    "Twin",
    "twin",
    "zero\u200bwidth",
  ];
  const candidates = byName(names.map((name, at) => ({ id: id(at), name })));
  expect(candidates.map(({ value }) => value)).toEqual(["ok", ...names.slice(1).map((_, at) => id(at + 1))]);
  for (const { description = "" } of candidates) expect(description).not.toMatch(/\p{Cc}|\u202e/u);
  // An id of a server that means harm.
  expect(byName([{ id: "$(touch pwned)", name: "a\nb" }])).toEqual([]);
});
