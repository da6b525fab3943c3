// The path /trpc of the package as users get it: packed, installed beside @trpc/client and @trpc/tanstack-react-query, then
// compiled and run outside the repository.
import { mkdir, readFile, readdir, realpath, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compileWith, countInstantiations, installAlone, packSdk, run, type CompilerName } from "./pack.ts";

const peers = [
  "@trpc/client",
  "@trpc/server",
  "@trpc/tanstack-react-query",
  "@tanstack/react-query",
  "react",
  "@types/react",
];

let folder = "";
let remove = async () => {};

/** The context of the server's procedures with one more field, which a router type that is inferred from them contains. */
async function plantedContext(): Promise<Record<string, string>> {
  const path = "apps/api/src/rpc/context.ts";
  const text = await readFile(join(import.meta.dirname, "../../..", path), "utf8");
  const planted = text.replace("export interface Context {", "$& readonly passwordHash: string;");
  if (planted === text) throw new Error(`${path} has no interface Context.`);
  return { [path]: planted };
}

beforeAll(async () => {
  const packed = await packSdk(await plantedContext());
  remove = packed.remove;
  folder = join(packed.folder, "consumer");
  await mkdir(folder);
  await writeFile(join(folder, "package.json"), JSON.stringify({ name: "consumer", private: true }));
  await installAlone(packed.tarball, folder);
  for (const peer of peers) {
    const place = join(folder, "node_modules", peer);
    await mkdir(dirname(place), { recursive: true });
    await symlink(await realpath(join(import.meta.dirname, "../node_modules", peer)), place, "junction");
  }
});

afterAll(async () => remove());

const program = `
import { createTRPCClient, httpBatchLink, httpBatchStreamLink, httpLink, isTRPCClientError } from "@trpc/client";
import { createTRPCOptionsProxy } from "@trpc/tanstack-react-query";
import { QueryClient } from "@tanstack/react-query";
import { projoLink, type AppRouter, type ProjoLinkOptions } from "@projostack/sdk/trpc";

const options: ProjoLinkOptions = { baseUrl: "http://127.0.0.1:4000", transport: httpBatchLink };
export const links = [options, { ...options, transport: httpLink }, { ...options, transport: httpBatchStreamLink }].map(projoLink);
export const client = createTRPCClient<AppRouter>({ links: [projoLink(options)] });
export const trpc = createTRPCOptionsProxy<AppRouter>({ client, queryClient: new QueryClient() });
export const query = trpc.tasks.list.queryOptions({ status: "todo" });
export const pages = trpc.tasks.list.infiniteQueryOptions({}, { getNextPageParam: ({ nextCursor }) => nextCursor });
export async function titleOf(): Promise<string> {
  const { title } = await client.tasks.create.mutate({ projectId: "p", title: "t" });
  return title;
}
export function isMissing(error: unknown): boolean {
  return isTRPCClientError<AppRouter>(error) && error.data?.reason === "task.not_found";
}
// @ts-expect-error a task has a title
export const refused = () => client.tasks.create.mutate({ projectId: "p" });
`;

const strict = {
  target: "es2022",
  // @trpc/client uses types of the DOM.
  lib: ["es2022", "dom", "dom.iterable"],
  types: [],
  strict: true,
  // The declarations of tRPC and TanStack Query are not checked, as in most projects.
  skipLibCheck: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
};

/** Writes a project. @returns its folder */
async function writeProject(name: string, settings: object, files: Record<string, string>): Promise<string> {
  const place = join(folder, name);
  await mkdir(place, { recursive: true });
  for (const [file, text] of Object.entries(files)) await writeFile(join(place, file), text);
  await writeFile(
    join(place, "tsconfig.json"),
    JSON.stringify({ compilerOptions: { ...strict, ...settings }, files: Object.keys(files) }),
  );
  return place;
}

describe("the types of /trpc in the packed SDK", () => {
  it("C2 contain no name of the server, of its database client or of its schema library", async () => {
    const dist = join(folder, "node_modules/@projostack/sdk/dist");
    const files = (await readdir(dist, { recursive: true })).filter((file) => file.endsWith(".d.ts"));
    expect(files.filter((file) => /[\\/]trpc/.test(file)).length).toBeGreaterThan(5);
    for (const file of files) {
      const text = await readFile(join(dist, file), "utf8");
      expect(text, file).not.toMatch(
        /prisma|\bzod\b|passwordHash|@projostack\/|apps\/api|findCaller|createContext/i,
      );
    }
  });

  const both = {
    nodenext: [
      { module: "nodenext", moduleResolution: "nodenext", noEmit: true },
      { "use.mts": program, "use.cts": program },
    ],
    bundler: [{ module: "esnext", moduleResolution: "bundler", noEmit: true }, { "use.ts": program }],
  } as const;
  it.each<[CompilerName, keyof typeof both]>([
    ["TypeScript 5.9", "nodenext"],
    ["TypeScript 7", "nodenext"],
    ["TypeScript 7", "bundler"],
  ])("compile on %s with %s", async (compiler, resolution) => {
    const [settings, files] = both[resolution];
    const name = `${compiler}-${resolution}`.replaceAll(/[ .]/g, "-");
    expect(await compileWith(compiler, await writeProject(name, settings, files))).toBe("");
  });

  it("cost few instantiations for one call", async () => {
    const settings = { module: "esnext", moduleResolution: "bundler", noEmit: true };
    const count = async (name: string, text: string) =>
      countInstantiations(await writeProject(name, settings, { "use.ts": text }));
    const client = `import { createTRPCClient, httpLink } from "@trpc/client";
import type { AppRouter } from "@projostack/sdk/trpc";
export const client = createTRPCClient<AppRouter>({ links: [httpLink({ url: "http://127.0.0.1:4000/trpc" })] });`;
    const proxy = `import { createTRPCOptionsProxy } from "@trpc/tanstack-react-query";
import { QueryClient } from "@tanstack/react-query";
import type { TRPCClient } from "@trpc/client";
import type { AppRouter } from "@projostack/sdk/trpc";
declare const client: TRPCClient<AppRouter>;
export const trpc = createTRPCOptionsProxy<AppRouter>({ client, queryClient: new QueryClient() });`;
    const imports = await count(
      "imports",
      client.replace(/export const client.*/, "export { createTRPCClient, httpLink };"),
    );
    const call = await count(
      "call",
      `${client}\nexport const made = client.tasks.create.mutate({ projectId: "p", title: "t" });`,
    );
    const proxyImports = await count(
      "proxy-imports",
      proxy.replace(/export const trpc.*/, "export { createTRPCOptionsProxy, QueryClient };"),
    );
    const options = await count(
      "options",
      `${proxy}\nexport const made = trpc.tasks.list.queryOptions({ limit: 1 });`,
    );
    console.info(
      `instantiations: ${call - imports} for one call of createTRPCClient, ${options - proxyImports} for one queryOptions of createTRPCOptionsProxy`,
    );
    expect(call - imports).toBeGreaterThan(0);
    expect(call - imports).toBeLessThan(6_000);
    expect(options - proxyImports).toBeLessThan(20_000);
  });
}, 240_000);

describe("a program that uses /trpc of the packed SDK", () => {
  const body = `
const server = createServer((request, response) => {
  const names = new URL(request.url, "http://127.0.0.1").pathname.split("/").at(-1).split(",");
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(names.map((name) => ({ result: { data: { name, token: request.headers.authorization } } }))));
});
server.listen(0, "127.0.0.1", async () => {
  const baseUrl = "http://127.0.0.1:" + server.address().port;
  const link = projoLink({ baseUrl, token: "pja_x", transport: httpBatchLink });
  const client = createTRPCClient({ links: [link] });
  const made = await Promise.all([client.tasks.list.query(), client.auth.me.query()]);
  console.log(JSON.stringify(made));
  server.close();
});`;
  const expected =
    '[{"name":"tasks.list","token":"Bearer pja_x"},{"name":"auth.me","token":"Bearer pja_x"}]\n';

  it.each([
    [
      "import",
      "trpc.mjs",
      `import { createServer } from "node:http"; import { createTRPCClient, httpBatchLink } from "@trpc/client"; import { projoLink } from "@projostack/sdk/trpc";`,
    ],
    [
      "require",
      "trpc.cjs",
      `const { createServer } = require("node:http"); const { createTRPCClient, httpBatchLink } = require("@trpc/client"); const { projoLink } = require("@projostack/sdk/trpc");`,
    ],
  ])("runs with %s", async (_, name, head) => {
    await writeFile(join(folder, name), head + body);
    expect(await run(process.execPath, [name], { cwd: folder })).toBe(expected);
  });
});
