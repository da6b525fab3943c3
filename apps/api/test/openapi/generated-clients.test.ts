// Clients that public generators create from the document compile in a strict project outside this repository, and call
// every operation of a server.
import { randomUUID } from "node:crypto";
import { operations } from "@projostack/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { OpenApiDocument } from "../../src/openapi/document.ts";
import { arrive, plantWorkspace, startTestServer, type TestServer } from "../kit/index.ts";
import { inputOf, setScene, tokenFor } from "../resources/index.ts";
import { fetchProgram, heyApiProgram, type ReadyCall } from "./client-programs.ts";
import { createOutsideProject, type OutsideProject } from "./outside-project.ts";

let server: TestServer;
let text: string;
beforeAll(async () => {
  server = await startTestServer();
  text = await (await fetch(`${server.url}/openapi.json`)).text();
});
afterAll(() => server.close());

/** Prepares a call of each operation that succeeds. Each has a user and a workspace of its own. */
async function readyCalls(): Promise<ReadyCall[]> {
  const { components } = JSON.parse(text) as OpenApiDocument;
  const calls: ReadyCall[] = [];
  for (const {
    name,
    operation: { kind, access },
  } of operations) {
    const person = await arrive(server, randomUUID());
    const workspaceId = await plantWorkspace(server, person);
    const scene = await setScene(server, person, { workspaceId, email: person.email });
    const inputType = `${pascal(name)}Input`;
    calls.push({
      name,
      kind,
      input: JSON.stringify(inputOf(name, scene)),
      inputType: inputType in (components["schemas"] ?? {}) ? inputType : null,
      token: tokenFor(name, person, scene),
      workspaceId: access === "public" || access === "session" ? null : workspaceId,
    });
  }
  return calls;
}

const pascal = (name: string): string =>
  name.replaceAll(/(?:^|\.)(\w)/g, (_, letter: string) => letter.toUpperCase());

const allSucceeded = Object.fromEntries(operations.map(({ name }) => [name, "ok"]));

/** Compiles and runs a program. @returns the outcome of each call */
async function outcomesOf(project: OutsideProject, program: string): Promise<unknown> {
  await project.write("program.ts", program);
  await project.compile();
  return JSON.parse(await project.start("program.js"));
}

describe("In a project outside this repository,", { timeout: 180_000 }, () => {
  it("a client of openapi-typescript and openapi-fetch compiles and calls every operation", async () => {
    const project = await createOutsideProject(["openapi-fetch"]);
    try {
      await project.write("openapi.json", text);
      await project.run("openapi-typescript", ["openapi.json", "-o", "api.d.ts"]);
      const program = fetchProgram(server.url, await readyCalls());
      expect(await outcomesOf(project, program)).toEqual(allSucceeded);
    } finally {
      await project.remove();
    }
  });

  it("a client of @hey-api/openapi-ts compiles and calls every operation", async () => {
    const project = await createOutsideProject();
    try {
      await project.write("openapi.json", text);
      await project.run("openapi-ts", ["-i", "openapi.json", "-o", "client", "-c", "@hey-api/client-fetch"]);
      const program = heyApiProgram(server.url, await readyCalls());
      expect(await outcomesOf(project, program)).toEqual(allSucceeded);
    } finally {
      await project.remove();
    }
  });
});
