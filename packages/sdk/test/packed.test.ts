// The package as users get it: packed, installed alone, then compiled and run outside the repository.
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compileWith, installAlone, packSdk, run } from "./pack.ts";

const installed = "node_modules/@projostack/sdk";
let folder = "";
let remove = async () => {};

beforeAll(async () => {
  const packed = await packSdk();
  remove = packed.remove;
  folder = join(packed.folder, "consumer");
  await mkdir(folder);
  await writeFile(join(folder, "package.json"), JSON.stringify({ name: "consumer", private: true }));
  await installAlone(packed.tarball, folder);
});

afterAll(async () => remove());

describe("the packed SDK", () => {
  it("installs no dependencies", async () => {
    const packages = (await readdir(join(folder, "node_modules"))).filter((name) => !name.startsWith("."));
    expect(packages).toEqual(["@projostack"]);
    expect(await readdir(join(folder, "node_modules/@projostack"))).toEqual(["sdk"]);
  });

  it("contains the built files, the license and the readme, and no source", async () => {
    const files = await readdir(join(folder, installed), { recursive: true });
    const top = files.filter((file) => !/[\\/]/.test(file));
    expect(top.toSorted()).toEqual(["CHANGELOG.md", "LICENSE", "README.md", "dist", "package.json"]);
    expect(files.filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"))).toEqual([]);
    expect(files.filter((file) => /\.(?:map|tsbuildinfo)$|\.test\./.test(file))).toEqual([]);
  });

  it("contains no traces of the monorepo in package.json", async () => {
    const text = await readFile(join(folder, installed, "package.json"), "utf8");
    const manifest: { exports: { ".": object }; [field: string]: unknown } = JSON.parse(text);
    for (const trace of ["catalog:", "workspace:", "@projostack/source", "src/"])
      expect(text).not.toContain(trace);
    // The peers of /trpc are optional, so that the package installs alone.
    const { peerDependencies, peerDependenciesMeta } = manifest;
    expect(Object.keys(manifest).filter((field) => /^(?!dev|peer).*dependencies$/i.test(field))).toEqual([]);
    expect(Object.keys(peerDependencies as object).filter((name) => !name.startsWith("@trpc/"))).toEqual([]);
    expect(peerDependenciesMeta).toEqual(
      Object.fromEntries(Object.keys(peerDependencies as object).map((name) => [name, { optional: true }])),
    );
    expect(manifest).toMatchObject({ license: "MIT", type: "module", sideEffects: false });
    expect(Object.keys(manifest.exports["."])).toEqual(["import", "require"]);
  });

  it("imports only its own files, in code and in types", async () => {
    const files = await readdir(join(folder, installed, "dist"), { recursive: true });
    const code = files.filter((file) => /\.[jt]s$/.test(file));
    expect(code.length).toBeGreaterThan(10);
    for (const file of code) {
      const text = await readFile(join(folder, installed, "dist", file), "utf8");
      const specifiers = [...text.matchAll(/(?:\bfrom|\bimport|\brequire\() ?"([^"]+)"/g)].map(
        (match) => match[1],
      );
      const isTrpc = /[\\/]trpc[\\/]|[\\/]app-router\./.test(file);
      expect(
        specifiers.filter(
          (specifier) =>
            !specifier?.startsWith(".") && !(isTrpc && /^@trpc\/(?:client|server)\b/.test(specifier ?? "")),
        ),
        file,
      ).toEqual([]);
      expect(text, file).not.toMatch(/\/\/\/ ?<reference/);
    }
  });
});

const program = `
import { createClient, isProjoError, type Client, type Fetch, type Page, type Task, type TasksListInput } from "@projostack/sdk";

export async function tour(client: Client): Promise<string[]> {
  const acme = client.workspace("w");
  const status: TasksListInput["status"] = undefined;
  const task: Task = await acme.tasks.create({ projectId: "p", title: "t", status }, { timeoutMs: undefined });
  const page: Page<Task> = await acme.tasks.list({ status: "todo" });
  const titles = [task.title, ...page.items.map(({ title }) => title)];
  for await (const { title } of acme.tasks.list()) titles.push(title);
  const named: Task = await client.call("tasks.get", { id: "t" });
  return [...titles, named.title];
}

export function why(error: unknown): string | undefined {
  return isProjoError(error) ? error.reason : undefined;
}

const stub: Fetch = async () => ({ status: 200, headers: { get: () => null }, text: async () => "{}" });
export const stubbed = createClient({ baseUrl: "http://127.0.0.1:4000", fetch: stub });
// @ts-expect-error a task has a title
export const refused = () => stubbed.tasks.create({ projectId: "p" });
// @ts-expect-error there is no such operation
export const unknown = () => stubbed.call("tasks.lst");
`;

const withDom = `${program}
export const client = createClient({ baseUrl: "http://127.0.0.1:4000", fetch: globalThis.fetch });
export const aborted = client.tasks.list({}, { signal: AbortSignal.timeout(5) });
`;

const strict = {
  target: "es2022",
  types: [],
  strict: true,
  skipLibCheck: false,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noPropertyAccessFromIndexSignature: true,
  noEmit: true,
};

const nodenext = { files: ["use.mts", "use.cts"], module: "nodenext", moduleResolution: "nodenext" };
const bundler = { files: ["use.ts"], module: "esnext", moduleResolution: "bundler" };
const node10 = { files: ["use.ts"], module: "commonjs", moduleResolution: "node10" };

describe.concurrent("a project that uses the package compiles without skipLibCheck", () => {
  const all = [
    { compiler: "TypeScript 5.9", resolution: "nodenext", settings: nodenext },
    { compiler: "TypeScript 5.9", resolution: "bundler", settings: bundler },
    { compiler: "TypeScript 5.9", resolution: "node10", settings: node10 },
    { compiler: "TypeScript 7", resolution: "nodenext", settings: nodenext },
    { compiler: "TypeScript 7", resolution: "bundler", settings: bundler },
  ] as const;
  // The short suite compiles once with each compiler.
  const isFull = process.env["PROJO_TEST_FULL"] === "1";
  it.each(isFull ? all : [all[0], all[4]])(
    "on $compiler with $resolution, with and without the DOM types",
    async ({ compiler, resolution, settings }) => {
      const { files, ...moduleOptions } = settings;
      for (const [name, source, lib] of [
        ["bare", program, ["es2022"]],
        ["dom", withDom, ["es2022", "dom"]],
      ] as const) {
        const place = join(folder, `${compiler}-${resolution}-${name}`.replaceAll(/[ .]/g, "-"));
        await mkdir(place);
        await Promise.all(files.map((file) => writeFile(join(place, file), source)));
        const compilerOptions = { ...strict, ...moduleOptions, lib };
        await writeFile(join(place, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
        expect(await compileWith(compiler, place)).toBe("");
      }
    },
    // Compilers are slow on a machine that also runs other tests.
    600_000,
  );
});

describe("a program that uses the package", () => {
  const answer = `
const server = createServer((_, response) => response.end('{"result":{"data":{"title":"Ship it"}}}'));
server.listen(0, "127.0.0.1", async () => {
  const client = createClient({ baseUrl: "http://127.0.0.1:" + server.address().port });
  console.log((await client.tasks.get({ id: "t" })).title);
  server.close();
});`;

  it("runs with import", async () => {
    const head = `import { createServer } from "node:http"; import { createClient } from "@projostack/sdk";`;
    expect(await runFile("run.mjs", head + answer)).toBe("Ship it\n");
  });

  it("runs with require", async () => {
    const head = `const { createServer } = require("node:http"); const { createClient } = require("@projostack/sdk");`;
    expect(await runFile("run.cjs", head + answer)).toBe("Ship it\n");
  });

  it.each([
    [
      "import",
      "proxied.mjs",
      'import { createNodeFetch } from "@projostack/sdk/node"; import { createClient } from "@projostack/sdk"; import { createServer } from "node:http";',
    ],
    [
      "require",
      "proxied.cjs",
      'const { createNodeFetch } = require("@projostack/sdk/node"); const { createClient } = require("@projostack/sdk"); const { createServer } = require("node:http");',
    ],
  ])(
    "sends requests through the proxy of the environment, or of createNodeFetch, with %s",
    async (_, name, head) => {
      const source = `${head}
const proxy = createServer((request, response) => response.end(JSON.stringify({ result: { data: { title: request.url } } })));
proxy.listen(0, "127.0.0.1", async () => {
  const HTTP_PROXY = "http://127.0.0.1:" + proxy.address().port;
  const baseUrl = "http://projo.invalid";
  const own = createClient({ baseUrl, fetch: createNodeFetch({ env: { HTTP_PROXY } }) });
  console.log((await own.tasks.get()).title);
  process.env.HTTP_PROXY = HTTP_PROXY;
  console.log((await createClient({ baseUrl }).tasks.get()).title);
  proxy.close();
});`;
      const line = "http://projo.invalid/trpc/tasks.get\n";
      expect(await runFile(name, source)).toBe(line + line);
    },
  );

  it("recognizes the errors of another copy with isProjoError", async () => {
    const source = `
import { createRequire } from "node:module";
import { isProjoError, ProjoError } from "@projostack/sdk";
const other = createRequire(import.meta.url)("@projostack/sdk");
const error = new other.ProjoError("no", { operation: "tasks.get", code: "NOT_FOUND" });
console.log(error instanceof ProjoError, isProjoError(error));`;
    expect(await runFile("both.mjs", source)).toBe("false true\n");
  });

  it("can import the SDK without side effects", async () => {
    const source = `
const before = Reflect.ownKeys(globalThis).length;
const handles = process.getActiveResourcesInfo().length;
await import("@projostack/sdk");
console.log(Reflect.ownKeys(globalThis).length - before, process.getActiveResourcesInfo().length <= handles);`;
    expect(await runFile("quiet.mjs", source)).toBe("0 true\n");
  });
});

async function runFile(name: string, source: string): Promise<string> {
  await writeFile(join(folder, name), source);
  return await run(process.execPath, [name], { cwd: folder });
}
