// The number of requests of each command that lists something.
import { startTestServer, type TestServer } from "@projostack/api/testing";
import type { Fetch } from "@projostack/sdk";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createWholeProgram } from "../src/program.ts";
import type { Io } from "../src/io.ts";
import { expectDone, type Shell } from "./kit.ts";
import { invite, openVerifiedAdmin } from "./people.ts";

let server: TestServer;
let ann: Shell;

beforeAll(async () => {
  server = await startTestServer();
  ann = await openVerifiedAdmin(server, "ann@example.com");
  for (const project of ["Website", "Docs", "Mill"]) {
    await expectDone(ann.projo(["projects", "create", project]));
    await expectDone(ann.projo(["tasks", "create", `Begin ${project}`, "--project", project]));
  }
  await invite(ann, "bob@example.com");
  await expectDone(ann.projo(["keys", "create", "ci", "--scopes", "task:read"]));
});

afterAll(async () => {
  await ann?.close();
  await server?.close();
});

/** Runs a command and records the URLs of its requests. */
async function requestsOf(argv: readonly string[], change = (url: string): string => url) {
  const urls: string[] = [];
  const recording: Fetch = (url, init) => {
    urls.push(url);
    return fetch(change(url), init);
  };
  const { out } = await expectDone(ann.projo(argv, { fetch: recording }));
  return { urls, out };
}

const lists = [
  "sessions list",
  "workspaces list",
  "workspaces list --deleted",
  "members list",
  "invites list",
  "invites mine",
  "keys list",
  "audit list",
  "projects list",
  "tasks list",
  "tasks list --status todo --order last_changed --search begin",
];

it.each(lists)("projo %s makes one request, as a table and as JSON", async (command) => {
  for (const more of [[], ["--json"]]) {
    const { urls } = await requestsOf([...command.split(" "), ...more]);
    expect(urls).toHaveLength(1);
  }
});

it("counts the requests of every command that lists something", async () => {
  const io = { stdout: {}, stderr: {}, env: {} } as unknown as Io;
  const program = await createWholeProgram(io);
  const found = program.commands.flatMap((noun) =>
    noun.commands
      .filter((verb) => verb.options.some(({ long }) => long === "--cursor"))
      .map((verb) => `${noun.name()} ${verb.name()}`),
  );
  expect(found.filter((command) => !lists.includes(command))).toEqual([]);
  expect(found.length).toBeGreaterThanOrEqual(9);
});

it("shows the project of each task by name", async () => {
  const { out } = await requestsOf(["tasks", "list"]);
  for (const project of ["Website", "Docs", "Mill"])
    expect(out).toMatch(new RegExp(`\ttodo\t${project}\tBegin ${project}\t`));
});

/** The server refuses a field that it does not know, as an older one refuses `include`. */
const withUnknownField = (url: string): string => url.replace("%22include%22", "%22of_later%22");

it("shows the ids of the projects if the server is too old to return their names", async () => {
  const { urls, out } = await requestsOf(["tasks", "list"], withUnknownField);
  expect(urls).toHaveLength(2);
  expect(out.match(/\ttodo\t[0-9a-f-]{36}\tBegin/g)).toHaveLength(3);
});
