// The programs of docs/guides, as they are printed, with a real server.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  arrive,
  eventually,
  foundWorkspace,
  password,
  startTestServer,
  type Person,
  type TestServer,
  hasChromium,
  noChromium,
  startChromium,
} from "@projostack/api/testing";
import { createClient, type Client, type Permission } from "@projostack/sdk";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { bundle } from "../runtimes/kit/programs.ts";
import { openSite } from "../runtimes/kit/site.ts";
import { readFences } from "./fences.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const fences = readFences(root);
// Inside the repository, so that the programs find the SDK.
const sources = join(root, "node_modules", ".cache", `guides-${process.pid}`);

let server: TestServer;
let ada: Person;
let workspaceId: string;
let adas: Client;
let directory: string;

beforeAll(async () => {
  await mkdir(sources, { recursive: true });
  directory = await mkdtemp(join(tmpdir(), "projo-guides-"));
  server = await startTestServer();
  ada = await arrive(server, "ada");
  workspaceId = await foundWorkspace(ada);
  adas = createClient({ baseUrl: server.url, token: ada.token, workspaceId });
});
afterAll(async () => {
  await server?.close();
  await rm(sources, { recursive: true, force: true });
  await rm(directory, { recursive: true, force: true });
});

const children: ChildProcess[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill("SIGKILL");
    await once(child, "exit");
  }
});

/** Returns the program with this number, from 0, of a guide. */
function programOf(guide: string, number: number): string {
  const programs = fences.filter(
    ({ at, language }) => language === "ts" && at.startsWith(`docs/guides/${guide}.md`),
  );
  const code = programs[number]?.code;
  if (code === undefined) throw new Error(`docs/guides/${guide}.md has no program ${number}.`);
  return code;
}

/** Builds the program, with more code at its end. @returns the path of the built program */
async function build(name: string, code: string): Promise<string> {
  await writeFile(join(sources, `${name}.ts`), code);
  const built = await bundle(join(sources, `${name}.ts`), {
    format: "esm",
    external: /^node:/,
    conditions: ["@projostack/source"],
  });
  const path = join(directory, `${name}.mjs`);
  await writeFile(path, built);
  return path;
}

interface Program {
  readonly child: ChildProcess;
  output(): string;
}

function start(path: string, args: readonly string[], env: Readonly<Record<string, string>>): Program {
  const child = spawn(process.execPath, [path, ...args], {
    env: { ...process.env, PROJO_URL: server.url, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  let output = "";
  child.stdout.on("data", (chunk) => (output += String(chunk)));
  return { child, output: () => output };
}

/** Runs the program to its end. @returns its output */
async function run(
  path: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { child, output } = start(path, args, env);
  const [code] = (await once(child, "close")) as [number | null];
  expect(code).toBe(0);
  return output();
}

const keyFor = (...scopes: Permission[]) => adas.serviceKeys.create({ name: "Guide", scopes });

describe("docs/guides/service.md", () => {
  it("reads the key of a service for each call", async () => {
    const project = await adas.projects.create({ name: "Work" });
    for (let count = 1; count <= 3; count += 1) {
      await adas.tasks.create({ projectId: project.id, title: `Task ${count}` });
    }
    const secret = join(directory, "secret");
    await writeFile(secret, `${(await keyFor("task:read")).token}\n`);
    const code = programOf("service", 0).replace("/run/secrets/projo", secret);
    expect(await run(await build("key", code))).toBe("Task 3\nTask 2\nTask 1\n");
  });

  it("checks the token of a user", async () => {
    const { token } = await keyFor("token:introspect");
    const code = `${programOf("service", 1)}\nconsole.log(await userOf(process.argv[2] ?? ""));`;
    const path = await build("introspect", code);
    expect(await run(path, [ada.token], { PROJO_TOKEN: token })).toBe(`${ada.id}\n`);
    expect(await run(path, ["pja_wrong"], { PROJO_TOKEN: token })).toBe("undefined\n");
  });

  it("keeps the session of a user in a file", async () => {
    const path = await build("job", programOf("service", 2));
    const state = join(directory, "state");
    const env = { STATE_DIRECTORY: state, REPORTS_EMAIL: ada.email, REPORTS_PASSWORD: password };
    expect(await run(path, [], env)).toBe(`signed in as ${ada.email}\n`);
    const outputs = await Promise.all([1, 2, 3].map(() => run(path, [], { STATE_DIRECTORY: state })));
    expect(outputs).toEqual(outputs.map(() => `works as ${ada.email}\n`));
    const [file = "", ...others] = await readdir(state);
    expect(others).toEqual([]);
    const { mode } = await stat(join(state, file));
    expect(mode & 0o777).toBe(process.platform === "win32" ? 0o666 : 0o600);
  });
});

/** Serves the program of the guide over HTTP, as a framework does. */
const webServer = `
import { createServer } from "node:http";
createServer((incoming, outgoing) => {
  const parts = [];
  incoming.on("data", (part) => parts.push(part));
  incoming.on("end", async () => {
    const url = "http://" + incoming.headers.host + incoming.url;
    const body = incoming.method === "POST" ? Buffer.concat(parts) : undefined;
    const request = new Request(url, { method: incoming.method, headers: incoming.headers as HeadersInit, body });
    if (incoming.url?.startsWith("/component")) {
      outgoing.end(JSON.stringify(await render(request)));
      return;
    }
    const response = await handle(request);
    for (const [name, value] of response.headers) if (name !== "set-cookie") outgoing.setHeader(name, value);
    outgoing.setHeader("set-cookie", response.headers.getSetCookie());
    outgoing.writeHead(response.status);
    outgoing.end(await response.text());
  });
}).listen(0, "127.0.0.1", function (this: { address(): { port: number } }) { console.log(this.address().port); });`;

/** Lets days pass for all sessions, so that the server replaces their cookies. */
const passDays = (days: number) =>
  server.database.owner(
    `UPDATE sessions SET rotated_at = rotated_at - $1 * interval '1 day',
       confirmed_at = coalesce(confirmed_at, rotated_at) - $1 * interval '1 day' WHERE mode = 'cookie'`,
    [days],
  );

describe("docs/guides/server-rendering.md", () => {
  let origin: string;

  async function startWeb(): Promise<void> {
    const path = await build("web", `${programOf("server-rendering", 0)}\n${webServer}`);
    const web = start(path, [], {});
    const port = await eventually(() => /^\d+/.exec(web.output())?.[0]);
    origin = `http://127.0.0.1:${port}`;
  }

  interface Page {
    readonly status: number;
    readonly location: string | null;
    /** The cookie that the browser has then. */
    readonly cookie: string;
    readonly setCookie: string | undefined;
    readonly text: string;
  }

  async function visit(
    path: string,
    cookie = "",
    form?: Record<string, string>,
    from = origin,
  ): Promise<Page> {
    const response = await fetch(origin + path, {
      method: form ? "POST" : "GET",
      redirect: "manual",
      headers: { cookie, ...(form && { origin: from }) },
      ...(form && { body: new URLSearchParams(form) }),
    });
    const [setCookie] = response.headers.getSetCookie();
    return {
      status: response.status,
      location: response.headers.get("location"),
      cookie: setCookie?.split(";")[0] ?? cookie,
      setCookie,
      text: await response.text(),
    };
  }

  const signIn = (person: Person) => visit("/sign-in", "", { email: person.email, password });

  it("passes the cookie of each browser on, and its successor back", async () => {
    await startWeb();
    const bob = await arrive(server, "bob");
    const [page, bobs] = await Promise.all([signIn(ada), signIn(bob)]);
    expect([page.status, page.location]).toEqual([303, "/account"]);
    expect(page.setCookie).toMatch(
      /^projo_session=pjs_[\w-]+; Max-Age=\d{7}; Path=\/; HttpOnly; SameSite=Lax$/,
    );

    await passDays(2);
    // A server component cannot set the successor, and the session goes on.
    for (let renders = 0; renders < 2; renders += 1) {
      const component = await visit("/component", page.cookie);
      expect([component.setCookie, JSON.parse(component.text)]).toEqual([undefined, { page: "Engines" }]);
    }
    // Several requests with the same cookie, and requests of another user among them.
    const pages = await Promise.all(
      Array.from({ length: 16 }, (_, n) => visit("/account", n % 2 === 0 ? page.cookie : bobs.cookie)),
    );
    expect(pages.map(({ text }) => text)).toEqual(
      pages.map((_, n) =>
        n % 2 === 0 ? `${ada.email} has 1 workspaces.` : `${bob.email} has 0 workspaces.`,
      ),
    );
    const adasPages = pages.filter((_, n) => n % 2 === 0);
    expect(new Set(adasPages.map(({ cookie }) => cookie)).size).toBe(1);
    const next = adasPages[0]?.cookie ?? "";
    expect(next).not.toBe(page.cookie);
    const later = await visit("/account", next);
    expect([later.text, later.setCookie]).toEqual([`${ada.email} has 1 workspaces.`, undefined]);

    // A form of another site, then the form of this site.
    expect((await visit("/sign-out", next, {}, "https://evil.example")).status).toBe(403);
    const signedOut = await visit("/sign-out", next, {});
    const cleared = "projo_session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax";
    expect([signedOut.location, signedOut.setCookie]).toEqual(["/sign-in", cleared]);
    const ended = await visit("/account", next);
    expect([ended.location, ended.setCookie]).toEqual(["/sign-in", cleared]);
    expect(JSON.parse((await visit("/component", next)).text)).toEqual({ redirectTo: "/sign-in" });
    for (const broken of ["projo_session=%", "projo_session=pjs_x", "projo_session=", ""]) {
      expect((await visit("/account", broken)).location).toBe("/sign-in");
    }
    expect((await visit("/account", bobs.cookie)).text).toBe(`${bob.email} has 0 workspaces.`);
  });
});

describe.skipIf(!hasChromium)(`docs/guides/browser.md${hasChromium ? "" : ` (${noChromium})`}`, () => {
  interface InPage {
    signIn(email: string, secret: string): Promise<unknown>;
    signOut(): Promise<unknown>;
  }

  it.each([
    ["a cookie", 0, "signIn, signOut"],
    [
      "the storage",
      1,
      "signIn: (email, password) => client.auth.signIn({ email, password }), signOut: () => client.auth.signOut()",
    ],
  ])(
    "with the session in %s, shows the sign-in or the application in every tab",
    async (name, number, exported) => {
      const file = `page-${number}`;
      const declared = exported.replace("(email, password)", "(email: string, password: string)");
      const code = `${programOf("browser", number)}\nObject.assign(globalThis, { inPage: { ${declared} } });`;
      await writeFile(join(sources, `${file}.ts`), code);
      const script = await bundle(join(sources, `${file}.ts`), {
        format: "esm",
        conditions: ["@projostack/source"],
      });
      const site = await openSite(server, { script });
      const browser = await startChromium();
      try {
        const context = await browser.newContext();
        const [first, other] = await Promise.all([context.newPage(), context.newPage()]);
        for (const tab of [first, other]) {
          await tab.goto(site.url);
          await tab.waitForSelector("body[data-view=sign-in]", { state: "attached" });
        }
        await first.evaluate(
          ([email, secret]) =>
            (globalThis as unknown as { inPage: InPage }).inPage.signIn(email, secret).then(() => undefined),
          [ada.email, password] as const,
        );
        for (const tab of [first, other]) {
          await tab.waitForSelector("body[data-view=application]", { state: "attached" });
        }
        const cookies = await context.cookies();
        expect(cookies.map((cookie) => cookie.name)).toEqual(name === "a cookie" ? ["projo_session"] : []);
        await other.reload();
        await other.waitForSelector("body[data-view=application]", { state: "attached" });
        await other.evaluate(() =>
          (globalThis as unknown as { inPage: InPage }).inPage.signOut().then(() => undefined),
        );
        for (const tab of [first, other]) {
          expect(await tab.waitForSelector("body[data-view=sign-in]", { state: "attached" })).not.toBeNull();
        }
      } finally {
        await browser.close();
        await site.close();
      }
    },
  );
});
