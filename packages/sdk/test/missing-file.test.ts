// A client whose second file cannot be loaded, as after a new release of a web site, or without a network. The packed SDK runs
// without that file.
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { installAlone, packSdk, run } from "./pack.ts";
import { data, failure, startServer } from "./test-server.ts";

let folder = "";
let remove = async () => {};

beforeAll(async () => {
  const packed = await packSdk();
  remove = packed.remove;
  folder = join(packed.folder, "consumer");
  await mkdir(folder);
  await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module", private: true }));
  await installAlone(packed.tarball, folder);
});

afterAll(async () => remove());

const recovery = () => join(folder, "node_modules/@projostack/sdk/dist/esm/call/recovery");

async function runProgram(url: string, source: string): Promise<unknown> {
  await writeFile(
    join(folder, "program.js"),
    `import { createClient, memoryTokenStore } from "@projostack/sdk";
const baseUrl = ${JSON.stringify(url)};
const outcome = (call) => call.then((data) => ({ data }), ({ name, code, status, reason, message, mayHaveBeenCarriedOut }) =>
  ({ name, code, status, reason, message, mayHaveBeenCarriedOut }));
${source}`,
  );
  return JSON.parse(await run(process.execPath, ["program.js"], { cwd: folder }));
}

it("a client has loaded its second file after the first call", async () => {
  const server = await startServer(data({ id: "t" }), failure(503, {}), data({ id: "u" }));
  const copy = `${recovery()}-copy`;
  await rm(copy, { recursive: true, force: true });
  expect(await readdir(recovery())).toContain("recovery.js");
  const result = await runProgram(
    server.url,
    `import { rename } from "node:fs/promises";
const client = createClient({ baseUrl });
const first = await outcome(client.tasks.get({ id: "t" }));
// The import has begun, and an import of Node.js reads all its files at once.
await new Promise((resolve) => setTimeout(resolve, 1000));
const folder = ${JSON.stringify(recovery())};
await rename(folder, ${JSON.stringify(copy)});
const second = await outcome(client.tasks.get({ id: "u" }));
await rename(${JSON.stringify(copy)}, folder);
console.log(JSON.stringify([first, second]));`,
  );
  expect(result).toEqual([{ data: { id: "t" } }, { data: { id: "u" } }]);
});

it("without its second file, a client reports plain errors and keeps or deletes its tokens correctly", async () => {
  const server = await startServer(
    data({ id: "t" }),
    failure(404, { code: "NOT_FOUND", reason: "task.not_found" }),
    failure(503, { code: "SERVICE_UNAVAILABLE" }),
    failure(401, { code: "UNAUTHORIZED", reason: "auth.unauthenticated" }),
    failure(503, { code: "SERVICE_UNAVAILABLE" }),
  );
  await rm(recovery(), { recursive: true });
  const result = await runProgram(
    server.url,
    `const tokens = memoryTokenStore({ accessToken: "pja_a", refreshToken: "pjr_b" });
const client = createClient({ baseUrl, tokens });
const outcomes = [
  await outcome(client.tasks.get({ id: "t" })),
  await outcome(client.tasks.get({ id: "t" })),
  await outcome(client.tasks.create({ projectId: "p", title: "t" })),
  await outcome(createClient({ baseUrl: "http://127.0.0.1:9" }).tasks.create({ projectId: "p", title: "t" })),
  await outcome(client.tasks.get({ id: "t" })),
  tokens.get(),
  await outcome(client.auth.signOut()),
  await outcome(createClient({ baseUrl, timeoutMs: 200, fetch: () => new Promise(() => {}) }).tasks.delete({ id: "t" })),
  tokens.get() ?? null,
];
console.log(JSON.stringify(outcomes));`,
  );
  expect(result).toEqual([
    { data: { id: "t" } },
    expect.objectContaining({ name: "ProjoError", reason: "task.not_found", mayHaveBeenCarriedOut: false }),
    expect.objectContaining({ name: "ProjoError", status: 503, mayHaveBeenCarriedOut: true }),
    expect.objectContaining({ name: "ProjoConnectionError", mayHaveBeenCarriedOut: true }),
    expect.objectContaining({
      code: "CONNECTION_FAILED",
      message: "A file of the SDK cannot be loaded. Check the network, or reload the page.",
    }),
    { accessToken: "pja_a", refreshToken: "pjr_b" },
    expect.objectContaining({ status: 503 }),
    expect.objectContaining({
      name: "ProjoTimeoutError",
      message: "tasks.delete took longer than 200 ms.",
      mayHaveBeenCarriedOut: true,
    }),
    null,
  ]);
});
