// The command line itself: help, errors and exit codes of every command.
import type { Command } from "commander";
import { expect, it } from "vitest";
import { createProgram } from "../src/program.ts";
import { runCommand } from "./run-command.ts";

const program = createProgram(
  { env: {}, columns: 80, version: "0.0.0", write: () => {}, note: () => {} },
  () => {},
);

/** The words of every command, without those that only group others. */
const commandsOf = (command: Command, words: readonly string[] = []): string[][] =>
  command.commands.length === 0
    ? [[...words]]
    : command.commands.flatMap((child) => commandsOf(child, [...words, child.name()]));

const commands = commandsOf(program);

it("projostack has the commands of the server and of operators", () => {
  expect(commands.map((words) => words.join(" "))).toEqual([
    "serve",
    "migrate",
    "doctor",
    "rotate-keys show",
    "rotate-keys add",
    "rotate-keys use",
    "rotate-keys remove",
    "person sign-out",
    "person erase",
    "mail list",
    "mail resend",
    "workspaces list",
    "workspaces show",
    "workspaces delete",
    "workspaces restore",
    "backup-role",
    "verify-dump",
    "verify-database",
    "after-restore",
  ]);
});

it.each(commands.map((words) => [words.join(" "), words] as const))(
  "%s --help describes the command",
  async (name, words) => {
    const { code, out, err } = await runCommand([...words, "--help"]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(new RegExp(`^Usage: projostack ${name} `));
    expect(out).toContain("--json");
  },
);

it.each(commands.map((words) => [words.join(" "), words] as const))(
  "%s refuses an unknown option in one line, as text and as JSON, with exit code 2",
  async (_name, words) => {
    const text = await runCommand([...words, "--unknown"]);
    expect(text).toMatchObject({ code: 2, out: "" });
    expect(text.err).toMatch(/^[^\n]*unknown[^\n]+\n$/i);
    const json = await runCommand([...words, "--unknown", "--json"]);
    expect(json).toMatchObject({ code: 2, out: "" });
    expect(JSON.parse(json.err)).toEqual({ error: { message: expect.stringMatching(/unknown/i) } });
  },
);

it("shows the help without arguments, and the version", async () => {
  expect(await runCommand([])).toMatchObject({
    code: 0,
    out: expect.stringContaining("Usage: projostack"),
    err: "",
  });
  expect(await runCommand(["--version"])).toEqual({ code: 0, out: "0.0.0\n", err: "" });
});

it("shows the help of a group of commands on standard error, with exit code 2", async () => {
  const { code, out, err } = await runCommand(["mail"]);
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toContain("Usage: projostack mail [options] [command]");
});

it("suggests the command that was meant", async () => {
  expect(await runCommand(["workspace", "list"])).toEqual({
    code: 2,
    out: "",
    err: "Unknown command 'workspace'. Did you mean workspaces? See: projostack --help\n",
  });
});

it.each([
  [["mail", "resend", "7"], "Give the id of the mail"],
  [["mail", "resend"], "Give the id of the mail"],
  [["workspaces", "show", "acme"], "Give the id of the workspace"],
  [["workspaces", "delete", "acme", "--yes"], "Give the id of the workspace"],
  [["workspaces", "list", "--limit", "0"], "--limit is a number from 1 to 1000."],
  [["workspaces", "list", "--after", "acme"], "Give the id of the workspace"],
])("refuses the arguments %j before it opens the database", async (argv, message) => {
  const { code, out, err } = await runCommand(argv, { DATABASE_URL: "postgres://nobody@127.0.0.1:1/none" });
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toContain(message);
});

it("names the variable and the next step when a command cannot reach its database", async () => {
  const secret = "hidden-word";
  const env = { PROJO_OPERATOR_DATABASE_URL: `postgres://ops:${secret}@127.0.0.1:1/projo` };
  const { code, out, err } = await runCommand(["mail", "list", "--json"], env);
  expect({ code, out }).toEqual({ code: 1, out: "" });
  const { error } = JSON.parse(err) as { error: { message: string } };
  expect(error.message).toMatch(/^PROJO_OPERATOR_DATABASE_URL: no PostgreSQL answers there/);
  expect(err).not.toContain(secret);
});
