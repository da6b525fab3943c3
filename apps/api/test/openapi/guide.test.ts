// The commands and programs of docs/openapi.md work as the page shows them.
import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { arrive, plantWorkspace, startTestServer, type Person, type TestServer } from "../kit/index.ts";
import { createOutsideProject, type OutsideProject } from "./outside-project.ts";

const hasCurl = spawnSync("curl", ["--version"]).status === 0;
const noCurl = "curl is not installed: apt-get install curl";

it.runIf(process.env["CI"])("The machine has curl", () => expect(hasCurl, noCurl).toBe(true));

const guide = new URL("../../../../docs/openapi.md", import.meta.url);

describe.skipIf(!hasCurl)(`The guide to OpenAPI${hasCurl ? "" : ` (${noCurl})`}`, () => {
  let server: TestServer;
  let project: OutsideProject;
  let person: Person;
  let workspaceId: string;
  let blocks: Readonly<Record<string, readonly string[]>>;
  beforeAll(async () => {
    server = await startTestServer();
    person = await arrive(server, "grace");
    workspaceId = await plantWorkspace(server, person);
    project = await createOutsideProject(["openapi-fetch"]);
    await project.write(
      "headers.txt",
      `authorization: Bearer ${person.token}\nx-workspace-id: ${workspaceId}\n`,
    );
    const text = (await readFile(guide, "utf8")).replaceAll("http://127.0.0.1:4000", server.url);
    const found = [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)];
    blocks = Object.fromEntries(
      ["sh", "ts"].map((language) => [
        language,
        found.filter(([, one]) => one === language).map(([, , block = ""]) => block),
      ]),
    );
  });
  afterAll(async () => {
    await project.remove();
    await server.close();
  });

  /** Runs the commands of the page that contain the text, with the installed versions of the generators. */
  const runBlock = (containing: string): Promise<string> => {
    const block = blocks["sh"]?.find((one) => one.includes(containing)) ?? "";
    expect(block).toContain(containing);
    return project.shell(block.replaceAll(/npx (?:@[\w-]+\/)?/g, ""));
  };

  it("calls a query and a mutation with curl", async () => {
    const created = JSON.parse(await runBlock("projects.create")) as { result: { data: { id: string } } };
    const listed = JSON.parse(await runBlock("projects.list")) as { result: { data: { items: object[] } } };
    expect(listed.result.data.items).toMatchObject([{ id: created.result.data.id, name: "Notes" }]);
  });

  it("generates a client with openapi-typescript and calls the server", async () => {
    await runBlock("npx openapi-typescript");
    await project.write("fetch.ts", blocks["ts"]?.[0] ?? "");
    await project.compile();
    expect(await project.start("fetch.js")).toBe("0\n");
  });

  it("generates a client with @hey-api/openapi-ts and calls the server", async () => {
    await runBlock("npx @hey-api/openapi-ts");
    await project.write("hey-api.ts", blocks["ts"]?.[1] ?? "");
    await project.write(
      "count.ts",
      `import { countTasks } from "./hey-api.js";\nconsole.log(await countTasks(${JSON.stringify(person.token)}));\n`,
    );
    await project.compile();
    expect(await project.start("count.js")).toBe("0\n");
  });

  it("runs every block of the page", () => {
    expect([blocks["sh"]?.length, blocks["ts"]?.length]).toEqual([4, 2]);
  });
});
