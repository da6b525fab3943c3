// Runs a program for each subpath with Node.js: imported, required, and required as the module of another package.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../../packages/sdk/test/pack.ts";
import { createProject, type Packed } from "./project.ts";
import { columns, messageOf, type Section } from "./report.ts";
import { specifier, subpaths, type Subpath } from "./subpaths.ts";

/** A server for one call, which returns the task "Ship it" for every operation. */
const server = `
const answer = (use) => new Promise((resolve, reject) => {
  const server = require("node:http").createServer((request, response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ result: { data: { title: "Ship it", method: request.method } } }));
  });
  server.listen(0, "127.0.0.1", async () => {
    try { resolve(await use("http://127.0.0.1:" + server.address().port)); } catch (error) { reject(error); }
    server.close();
  });
});
`;

/** What each program does with the module, which it has in the variable `part`. It returns "Ship it". */
const uses: Readonly<Record<string, string>> = {
  ".": `answer(async (baseUrl) => (await part.createClient({ baseUrl }).tasks.get({ id: "t" })).title)`,
  "./node": `answer(async (baseUrl) => {
  const { createClient } = require("@projostack/sdk");
  const tokens = part.fileTokenStore({ path: require("node:path").join(process.cwd(), "session.json") });
  if ((await tokens.get()) !== undefined) throw new Error("There is a session.");
  const client = createClient({ baseUrl, fetch: part.createNodeFetch({ env: {} }), tokens });
  return (await client.tasks.get({ id: "t" })).title;
})`,
  // Outside a browser, as in the rendering on a server, the store is empty.
  "./browser": `part.browserTokenStore().get().then((tokens) => (tokens === undefined ? "Ship it" : "There is a session."))`,
  "./server": `answer(async (baseUrl) => {
  const cookies = part.headerCookies(new Headers({ cookie: "projo_session=pjs_a" }));
  return (await part.createServerClient({ baseUrl, cookies }).tasks.get({ id: "t" })).title;
})`,
  "./testing": `(async () => {
  const client = part.createTestClient({ "tasks.get": { title: "Ship it" }, "tasks.list": part.listOf([{ title: "a" }]) });
  if ((await client.tasks.list().all()).length !== 1) throw new Error("The list is incomplete.");
  return (await client.tasks.get({ id: "t" })).title;
})()`,
  "./trpc": `answer(async (baseUrl) => {
  const { createTRPCClient, httpLink } = require("@trpc/client");
  const own = createTRPCClient({ links: [part.projoLink({ baseUrl, token: "t" })] });
  const stock = createTRPCClient({ links: [part.projoLink({ baseUrl, token: "t", transport: httpLink })] });
  const titles = [await own.tasks.get.query({ id: "t" }), await stock.tasks.get.query({ id: "t" })].map(({ title }) => title);
  return titles[0] === titles[1] ? titles[0] : titles.join(" and ");
})`,
};

const forms = {
  import: {
    file: "mjs",
    text: (name: string, use: string) =>
      `import { createRequire } from "node:module"; const require = createRequire(import.meta.url);
import * as part from "${name}";${server}console.log(await ${use});`,
  },
  require: {
    file: "cjs",
    text: (name: string, use: string) =>
      `const part = require("${name}");${server}${use}.then((text) => console.log(text));`,
  },
  "require of an ES module": {
    file: "cjs",
    text: (name: string, use: string, folder: string) =>
      `const { part } = require("./${folder}.mjs");${server}${use}.then((text) => console.log(text));`,
  },
  "dynamic import": {
    file: "cjs",
    text: (name: string, use: string) =>
      `import("${name}").then((part) => {${server}return ${use};}).then((text) => console.log(text));`,
  },
} as const;

export async function runPrograms(packed: Packed, tools: string): Promise<Section> {
  const problems: string[] = [];
  const alone = await createProject(packed, "run-alone", tools, []);
  const peers = [...new Set(subpaths.flatMap(({ packages }) => packages))];
  const withPeers = await createProject(packed, "run-with-peers", tools, peers);
  const rows: string[][] = [];
  for (const subpath of subpaths) {
    const project = subpath.packages.length > 0 ? withPeers : alone;
    const row = [subpath.path];
    for (const form of Object.keys(forms)) {
      const failure = await runOne(project, subpath, form as keyof typeof forms);
      row.push(failure === undefined ? "ok" : "FAILED");
      if (failure !== undefined) problems.push(`${subpath.path}, ${form}: ${failure}`);
    }
    rows.push(row);
  }
  return {
    title: `Programs on Node.js ${process.versions.node}`,
    lines: columns([["subpath", ...Object.keys(forms)], ...rows]),
    problems,
  };
}

async function runOne(
  project: string,
  subpath: Subpath,
  form: keyof typeof forms,
): Promise<string | undefined> {
  const { file, text } = forms[form];
  const name = specifier(subpath);
  const base = `${subpath.path} ${form}`.replaceAll(/\W+/g, "-");
  await writeFile(join(project, `${base}.mjs`), `export * as part from "${name}";`);
  const program = join(project, `${base}-run.${file}`);
  await writeFile(program, text(name, uses[subpath.path] ?? "Promise.resolve()", base));
  try {
    const output = await run(process.execPath, ["--no-warnings", program], { cwd: project });
    return output === "Ship it\n" ? undefined : `printed ${JSON.stringify(output)}`;
  } catch (error) {
    return messageOf(error);
  }
}
