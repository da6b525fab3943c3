// An answer is lost after the commit, and the caller repeats the call with the same key.
import { randomUUID } from "node:crypto";
import { request } from "node:http";
import { createTestDatabase, type TestDatabase } from "@projostack/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  arrive,
  bySuite,
  plantWorkspace,
  startServerOver,
  type Answer,
  type Person,
  type TestServer,
} from "../kit/index.ts";
import { layLossyWire, type LossyWire } from "./lossy-wire.ts";
import { isReplay, keyed } from "./keyed-call.ts";
import { plantProject } from "./plant.ts";

let database: TestDatabase;
let wire: LossyWire;
let server: TestServer;
let ada: Person;
let workspaceId: string;
let projectId: string;
beforeAll(async () => {
  database = await createTestDatabase();
  wire = await layLossyWire(database.url);
  server = await startServerOver(database, { DATABASE_URL: wire.url });
  ada = await arrive(server, "ada");
  workspaceId = await plantWorkspace(server, ada);
  projectId = await plantProject(server, workspaceId, ada);
});
afterAll(async () => {
  await server.close();
  await wire.close();
  await database.drop();
});

const ROUNDS = bySuite({ short: 20, full: 200 });

interface Creation {
  readonly name: string;
  readonly table: string;
  /** The column that has the title. */
  readonly column: string;
  readonly input: (title: string) => object;
  readonly isOutside?: boolean;
}

/** One creation for each way in which an answer is stored. */
const creations: readonly Creation[] = [
  { name: "tasks.create", table: "tasks", column: "title", input: (title) => ({ projectId, title }) },
  { name: "projects.create", table: "projects", column: "name", input: (name) => ({ name }) },
  {
    name: "serviceKeys.create",
    table: "service_keys",
    column: "name",
    input: (name) => ({ name, role: "viewer", scopes: ["task:read"] }),
  },
  {
    name: "workspaces.create",
    table: "workspaces",
    column: "name",
    input: (name) => ({ name }),
    isOutside: true,
  },
];

const inRound = (round: number): Creation => {
  const creation = creations[round % creations.length];
  if (!creation) throw new Error("There is no creation.");
  return creation;
};

const rowsOf = async ({ table, column }: Creation, title: string): Promise<number> =>
  (await database.owner(`SELECT FROM ${table} WHERE ${column} = $1`, [title])).length;

const send = ({ name, input, isOutside }: Creation, key: string, title: string): Promise<Answer> =>
  keyed(server.url, name, key, {
    input: input(title),
    token: ada.token,
    workspaceId: isOutside ? undefined : workspaceId,
  });

/** Repeats the call until it is answered with 200, as a client does after 503. */
async function untilAnswered(again: () => Promise<Answer>, tries = 20): Promise<Answer> {
  const answer = await again();
  return answer.status === 200 || tries === 1 ? answer : untilAnswered(again, tries - 1);
}

describe("a repeated call", () => {
  it("N6 N7 gets the answer of the first one if the database's answer to the commit was lost", async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const [creation, key, title] = [inRound(round), randomUUID(), `lost ${round}`];
      const before = wire.lost();
      wire.loseNext();
      const first = await send(creation, key, title);
      expect([first.status, wire.lost() - before], `${creation.name} ${first.text}`).toEqual([503, 1]);
      expect(await rowsOf(creation, title)).toBe(1);
      const second = await untilAnswered(() => send(creation, key, title));
      expect([second.status, isReplay(second)], second.text).toEqual([200, true]);
      expect(await rowsOf(creation, title)).toBe(1);
    }
  });

  it("N6 N7 gets the answer of the first one if the caller's connection ended before the answer", async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const [creation, key, title] = [inRound(round), randomUUID(), `gone ${round}`];
      await sendAndLeave(creation, key, title, round % 5);
      const answers = await Promise.all([1, 2].map(() => untilAnswered(() => send(creation, key, title))));
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      expect(answers[0]?.text).toBe(answers[1]?.text);
      expect(await rowsOf(creation, title)).toBe(1);
    }
  });
});

/** Sends the call and closes the connection some milliseconds later, before or after the commit. */
function sendAndLeave(
  { name, input, isOutside }: Creation,
  key: string,
  title: string,
  milliseconds: number,
): Promise<void> {
  return new Promise((resolve) => {
    const outgoing = request(`${server.url}/trpc/${name}`, {
      method: "POST",
      agent: false,
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${ada.token}`,
        "idempotency-key": key,
        ...(isOutside ? {} : { "x-workspace-id": workspaceId }),
      },
    });
    outgoing.on("error", () => {});
    outgoing.on("close", resolve);
    outgoing.on("finish", () => setTimeout(() => outgoing.destroy(), milliseconds));
    outgoing.end(JSON.stringify(input(title)));
  });
}
