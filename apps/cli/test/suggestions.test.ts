// Words of gh, git, docker and kubectl, and slips of the shell. No server runs, because nothing is sent.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nowhere, openShell, type Shell } from "./kit.ts";

let shell: Shell;

beforeAll(async () => {
  shell = await openShell("http://127.0.0.1:9");
});

afterAll(async () => {
  await shell?.close();
});

async function failure(...argv: string[]): Promise<string> {
  const { code, out, err } = await shell.projo(argv, { fetch: nowhere });
  expect(out).toBe("");
  expect(code, err).toBe(2);
  return err;
}

describe("an unknown command suggests", () => {
  it.each([
    ["auth login", "login"],
    ["auth signin", "login"],
    ["auth logout", "logout"],
    ["auth ls", "auth status"],
    ["auth show", "auth status"],
    ["auth use bob@example.com", "auth switch"],
    ["auth whoami", "whoami"],
    ["accounts", "auth"],
    ["account list", "auth status"],
    ["account create", "signup"],
    ["invite list", "invites list"],
    ["invite add", "invites create"],
    ["invite bob@example.com", "invites create EMAIL"],
    ["settings list", "config list"],
    ["settings", "config"],
    ["config rm url", "config unset"],
    ["config add url", "config set"],
    ["config edit", "config set"],
    ["email show", "email status"],
    ["projects mv Website Site", "projects rename"],
    ["members kick bob", "members remove"],
    ["members leave", "workspaces leave"],
    ["members set-role bob admin", "members role EMAIL ROLE"],
    ["sessions logout", "logout"],
    ["sessions clear", "logout --everywhere"],
    ["keys extend nightly", "keys rotate"],
    ["tasks export", "tasks list --all --format csv"],
    ["repo list", "projects list"],
    ["docs", "open docs"],
    ["dashboard", "open"],
    ["man", "help --all"],
    ["server status", "status"],
    ["diagnose", "doctor"],
    ["permissions", "keys create --help"],
    ["workspaces set Acme", "workspaces use"],
    ["tasks count", "workspaces get"],
  ])("for projo %s the command projo %s", async (line, meant) => {
    expect(await failure(...line.split(" "))).toContain(`Did you mean: projo ${meant}? See: `);
  });

  it.each(["audit import", "tasks restore", "tasks use", "constructor", "tasks constructor"])(
    "nothing for projo %s, rather than a command with another meaning",
    async (line) => {
      expect(await failure(...line.split(" "))).toMatch(/^projo: There is no command "[a-z ]+"\. See: /);
    },
  );
});

describe("an option at the wrong place", () => {
  it("after two hyphens is named", async () => {
    expect(await failure("tasks", "create", "--", "Write", "--project", "Website")).toContain(
      "and 3 arguments were given. Put --project before the --. See: ",
    );
    const message = await failure("tasks", "edit", "--", "x", "y", "--title=secret");
    expect(message).not.toContain("secret");
  });

  it("gets the advice to put -- before a name with a leading hyphen, but not before a misspelled option", async () => {
    expect(await failure("projects", "get", "-dash")).toContain(
      "There is no option -dash. If it is a name or a text, put -- before it. See: ",
    );
    expect(await failure("projects", "get", "-help")).toContain("Did you mean --help?");
    expect(await failure("projects", "get", "-json")).toContain("Did you mean --json?");
    expect(await failure("projects", "get", "--nmae")).not.toContain("put --");
  });
});

describe("a value that cannot be used", () => {
  it.each(["[]", "null", "5", '"x"'])("as the input of projo call is no bug of projo: %s", async (input) => {
    expect(await failure("call", "tasks.list", input)).toBe(
      `projo: The input is not a JSON object. Write it as '{"key":"value"}'.\n`,
    );
  });

  it.each([
    ["tasks get", "", "id"],
    ["tasks delete --yes abcd", " ", "id"],
    ["members remove --yes", "", "email-or-id"],
    ["workspaces export", "", "directory"],
    ["tasks list --created-by", "", "--created-by"],
    ["tasks list --cursor", "", "--cursor"],
    ["tasks list --template", "", "--template"],
    ["projects delete Website --yes --workspace", "", "--workspace"],
    ["status --ca-file", "", "--ca-file"],
  ])("is an empty text, before anything is sent: projo %s '%s'", async (line, text, name) => {
    expect(await failure(...line.split(" "), text)).toBe(`projo: ${name}: must not be empty.\n`);
  });

  it("is the same directory twice, in a comparison", async () => {
    expect(await failure("workspaces", "compare", "acme", "./acme/")).toBe(
      "projo: Both arguments name the directory acme. Name two exports.\n",
    );
  });

  it.each([
    [
      "login ann@example.com --account bob@example.com",
      "The argument and --account name different accounts.",
    ],
    [
      "workspaces get Acme --workspace Beta",
      "Use the argument or --workspace to name the workspace, not both.",
    ],
    ["workspaces delete Acme --workspace Acme", "Use the argument or --workspace to name the workspace"],
  ])("is given twice in two ways: projo %s", async (line, message) => {
    expect(await failure(...line.split(" "))).toContain(message);
  });

  it("is one word too much for a setting, which is no text with spaces", async () => {
    expect(await failure("config", "get", "url", "account")).toContain("2 arguments were given. See: ");
  });

  it("as a limit is told its maximum", async () => {
    expect(await failure("tasks", "list", "--limit", "99999999999")).toContain(
      "--limit: use at most 999999999, or --all for all items.",
    );
  });
});

describe("without arguments", () => {
  it("login names the email and the password", async () => {
    expect(await failure("login")).toContain("the email and the password. Add the email as an argument, and");
    expect(await failure("login", "--password-stdin")).toContain("to ask for the email. Add it");
  });

  it("tasks edit names the id and the options, of which one is needed", async () => {
    expect(await failure("tasks", "edit")).toBe(
      "projo: Missing arguments: <id>, and --title, --status or --project. See: projo tasks edit --help\n",
    );
  });
});
