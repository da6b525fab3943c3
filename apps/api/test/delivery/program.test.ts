// The server's process: what it prints about the web application.
import { join } from "node:path";
import { createTestDatabase, type TestDatabase } from "@projostack/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually, startProgram } from "../kit/index.ts";
import { ask, navigation } from "./request.ts";
import { makeSite, PAGE, type Site } from "./site.ts";

let site: Site;
let database: TestDatabase;
beforeAll(async () => {
  [site, database] = await Promise.all([makeSite(), createTestDatabase()]);
});
afterAll(async () => {
  await site.remove();
  await database.drop();
});

interface Run {
  readonly url: string;
  readonly lines: readonly string[];
  readonly page: string;
}

async function run(env: Readonly<Record<string, string>>): Promise<Run> {
  const child = startProgram(["serve"], {
    PORT: "0",
    DATABASE_URL: database.url,
    PROJO_DATA_DIR: join(site.directory, ".data"),
    ...env,
  });
  let output = "";
  child.stdout?.on("data", (bytes: Buffer) => (output += bytes.toString()));
  const ended = new Promise((resolve) => child.once("close", resolve));
  try {
    const url = await eventually(() => /listens on (http:\S+)\n[^]*\n\n$/.exec(output)?.[1], 60);
    return { url, lines: output.trim().split("\n"), page: (await ask(url, "/", navigation)).text };
  } finally {
    child.kill("SIGTERM");
    await ended;
  }
}

describe("The last line that the server prints at its start", () => {
  it("names the address to open in a browser", async () => {
    const { url, lines, page } = await run(site.env);
    expect(lines.at(-1)).toBe(`  Open in a browser:  ${url}`);
    expect(page).toBe(PAGE);
  });

  it("names no such address when the application is off", async () => {
    const { lines, page } = await run({ PROJO_WEB: "off" });
    expect(lines.at(-1)).toBe("  Stop with Ctrl-C.");
    expect(lines).toContain("  Web application: off");
    expect(page).toContain("PROJO_WEB=off");
  });
});

it("The server does not start with a directory without a page, and prints one line", async () => {
  const child = startProgram(["serve"], {
    PORT: "0",
    DATABASE_URL: database.url,
    PROJO_DATA_DIR: join(site.directory, ".data"),
    PROJO_WEB_DIR: join(site.directory, "assets"),
  });
  let problem = "";
  child.stderr?.on("data", (bytes: Buffer) => (problem += bytes.toString()));
  expect(await new Promise((resolve) => child.once("close", resolve))).toBe(1);
  expect(problem.trim().split("\n")).toEqual([expect.stringMatching(/^PROJO_WEB_DIR: .* no index\.html\./)]);
});
