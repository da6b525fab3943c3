// The web application without a build, switched off, in a wrong directory, without a database and under overload.
import { mkdtemp, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTestDatabase, type TestDatabase } from "@projostack/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readWebFiles, WebFilesError } from "../../src/http/web/web-files.ts";
import { readConfig } from "../../src/config/config.ts";
import { startProblem } from "../../src/start-problem.ts";
import { eventually, layWire, startServerOver, startTestServer } from "../kit/index.ts";
import { whilePoolIsFull } from "../overload/callers.ts";
import { ask, navigation, type Received } from "./request.ts";
import { makeSite, PAGE, SCRIPT, siteFiles, type Site } from "./site.ts";

let site: Site;
let empty: string;
let database: TestDatabase;
beforeAll(async () => {
  site = await makeSite();
  empty = await mkdtemp(join(tmpdir(), "projo-empty-"));
  database = await createTestDatabase();
});
afterAll(async () => {
  await database.drop();
  await site.remove();
  await rm(empty, { recursive: true });
});

const isJsonError = ({ status, headers }: Received): boolean =>
  status === 404 && headers["content-type"] === "application/json; charset=utf-8";

describe("A server without the application", () => {
  const cases = [
    {
      state: "is not built",
      options: () => ({ builtWeb: join(empty, "dist") }),
      reason: /^The web application is not built\. Build it with `npx -y pnpm@12 build`, then start/,
    },
    {
      state: "is built without its page",
      options: () => ({ builtWeb: empty }),
      reason: /^The web application is not built\./,
    },
    {
      state: "is switched off",
      options: () => ({}),
      reason: /^The web application is switched off with PROJO_WEB=off\./,
    },
  ];

  it.each(cases)("starts and gives the reason at / when it $state", async ({ options, reason }) => {
    const server = await startServerOver(database, {}, options());
    try {
      for (const headers of [navigation, { accept: "*/*" }]) {
        const answer = await ask(server.url, "/", headers);
        expect([answer.status, answer.headers["content-type"]]).toEqual([404, "text/plain; charset=utf-8"]);
        expect(answer.text).toMatch(reason);
        expect(answer.text).toContain("/openapi.json");
        expect(answer.headers["cache-control"]).toBe("no-store");
        expect(answer.text).not.toContain(tmpdir());
      }
      expect((await ask(server.url, "/", navigation, "HEAD")).text).toBe("");
      // Programs get the error of the API.
      for (const headers of [{}, { accept: "application/json" }, { accept: "*/*", "sec-fetch-mode": "cors" }])
        expect(isJsonError(await ask(server.url, "/", headers))).toBe(true);
      for (const path of ["/sign-in", "/invite", SCRIPT, "/index.html"])
        expect(isJsonError(await ask(server.url, path, navigation))).toBe(true);
      expect((await ask(server.url, "/", { "content-length": "0" }, "POST")).status).toBe(404);
      expect((await ask(server.url, "/readyz")).status).toBe(200);
    } finally {
      await server.close();
    }
  });
});

async function problemOf(path: string): Promise<string> {
  try {
    await readWebFiles({ path, isChosen: true });
  } catch (error) {
    if (error instanceof WebFilesError) return startProblem(error);
    throw error;
  }
  throw new Error("The directory was accepted.");
}

describe("A directory that PROJO_WEB_DIR names", () => {
  it("must contain a page", async () => {
    for (const path of [empty, join(empty, "missing"), join(site.directory, "robots.txt")]) {
      expect(await problemOf(path)).toBe(
        `PROJO_WEB_DIR: ${path} contains no index.html. Set it to the directory of a built web application, or set PROJO_WEB=off.`,
      );
    }
  });

  it("files and bytes are limited, so that a wrong directory does not fill the memory", async () => {
    const many = await makeSite({
      "index.html": PAGE,
      ...Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`assets/${index}.png`, "x"])),
    });
    const large = await makeSite({ "index.html": PAGE });
    await writeFile(join(large.directory, "film.mp4"), "");
    // A file without content on the disk.
    await truncate(join(large.directory, "film.mp4"), 65 * 1024 * 1024);
    try {
      for (const { directory } of [many, large])
        expect(await problemOf(directory)).toContain("has more than 2000 files or 64 MB");
    } finally {
      await many.remove();
      await large.remove();
    }
  });

  it("must be readable", async () => {
    const circular = await makeSite({});
    await symlink("index.html", join(circular.directory, "index.html"));
    try {
      expect(await problemOf(circular.directory)).toMatch(
        /^PROJO_WEB_DIR: the server cannot read .* \(ELOOP.*\)\. Give its user read access, or set PROJO_WEB=off\.$/,
      );
    } finally {
      await circular.remove();
    }
  });

  it("the directory is read relative to the working directory, and not at all with PROJO_WEB=off", () => {
    expect(readConfig({ PROJO_WEB_DIR: "build" }).webDirectory).toEqual({
      path: join(process.cwd(), "build"),
      isChosen: true,
    });
    expect(readConfig({ PROJO_WEB: "off", PROJO_WEB_DIR: "build" }).webDirectory).toBeNull();
    expect(() => readConfig({ PROJO_WEB: "yes" })).toThrow('PROJO_WEB must be one of on, off, not "yes".');
  });

  it("gives the files that it had at the start, also when they change or vanish", async () => {
    const changing = await makeSite();
    const server = await startServerOver(database, changing.env);
    try {
      await writeFile(join(changing.directory, "index.html"), "changed");
      await changing.remove();
      expect((await ask(server.url, "/", navigation)).text).toBe(PAGE);
      expect((await ask(server.url, SCRIPT)).text).toBe(siteFiles[SCRIPT.slice(1)]);
    } finally {
      await server.close();
    }
  });
});

const open = (url: string): Promise<Received[]> =>
  Promise.all(["/", "/w/1/tasks", SCRIPT].map((path) => ask(url, path, navigation)));

describe("The application", () => {
  it("the application is sent while the database is unreachable, and takes no connection to it", async () => {
    const wire = await layWire(database.url);
    const server = await startServerOver(database, { ...site.env, DATABASE_URL: wire.url });
    try {
      await wire.cut();
      await eventually(async () => (await ask(server.url, "/readyz")).status === 503);
      expect((await open(server.url)).map(({ status }) => status)).toEqual([200, 200, 200]);
    } finally {
      await wire.mend();
      await server.close();
    }
  });

  it("the application is sent while the database has no free connection and calls are refused", async () => {
    const server = await startTestServer(site.env);
    try {
      const { answers, ms } = await whilePoolIsFull(server, async () => {
        const startedAt = performance.now();
        return { answers: await open(server.url), ms: performance.now() - startedAt };
      });
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
      expect(ms).toBeLessThan(1_500);
    } finally {
      await server.close();
    }
  });
});
