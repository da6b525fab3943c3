import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Answer,
  arrive,
  foundWorkspace,
  join,
  type Person,
  startTestServer,
  type TestServer,
} from "../kit/index.ts";
import { raceAtLock } from "../members/lock-waits.ts";
import { CALLERS, ROUNDS, ROUNDS_TIMEOUT_MS } from "../members/rounds.ts";

let server: TestServer;
let ada: Person;
let workspaceId: string;

beforeAll(async () => {
  server = await startTestServer();
  ada = await arrive(server, "ada");
  workspaceId = await foundWorkspace(ada);
});
afterAll(() => server.close());

interface Found {
  readonly project: { readonly id: string; readonly name: string };
  readonly created: boolean;
}

const findOrCreate = (name: string, person = ada): Promise<Answer> =>
  person.call("projects.findOrCreate", { name }, workspaceId);
const foundIn = ({ data }: Answer) => data as unknown as Found;

describe("projects.findOrCreate", () => {
  it("creates a project, and returns the same one from then on, also to others", async () => {
    const first = foundIn(await findOrCreate("  Engines "));
    expect(first).toMatchObject({ project: { name: "Engines", createdBy: ada.id }, created: true });
    const bob = await arrive(server, "bob");
    await join(server, workspaceId, bob, "member");
    expect(foundIn(await findOrCreate("Engines", bob))).toEqual({ project: first.project, created: false });
    expect((await ada.call("projects.get", { id: first.project.id }, workspaceId)).data).toEqual(
      first.project,
    );
  });

  it("fails with project.ambiguous when several projects have the name", async () => {
    for (let nth = 0; nth < 2; nth += 1) await ada.call("projects.create", { name: "Twin" }, workspaceId);
    expect((await findOrCreate("Twin")).error).toMatchObject({
      httpStatus: 409,
      reason: "project.ambiguous",
    });
  });

  it("finds a name in another case or form of accents, and prefers exactly this name", async () => {
    const first = foundIn(await findOrCreate("Stra\u00DFe Caf\u00E9"));
    expect(foundIn(await findOrCreate("STRASSE CAFE\u0301"))).toEqual({ ...first, created: false });
    await ada.call("projects.create", { name: "STRASSE CAF\u00C9" }, workspaceId);
    expect(foundIn(await findOrCreate("Stra\u00DFe Cafe\u0301"))).toEqual({ ...first, created: false });
    expect((await findOrCreate("strasse caf\u00E9")).error?.reason).toBe("project.ambiguous");
  });

  it("finds no project of another workspace", async () => {
    const eve = await arrive(server, "eve");
    const elsewhere = await foundWorkspace(eve);
    await eve.call("projects.create", { name: "Secret looms" }, elsewhere);
    expect(foundIn(await findOrCreate("Secret looms")).created).toBe(true);
  });

  it(
    "N8 returns one project to twenty concurrent calls",
    async () => {
      const lock = "SELECT FROM workspaces WHERE id = $1 FOR UPDATE";
      for (let round = 0; round < ROUNDS; round += 1) {
        const answers = await raceAtLock(server, { lock, values: [workspaceId], until: 10 }, () =>
          Promise.all(Array.from({ length: CALLERS }, () => findOrCreate(`Round ${round}`))),
        );
        expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: CALLERS }, () => 200));
        const found = answers.map(foundIn);
        expect(new Set(found.map(({ project }) => project.id)).size, `round ${round}`).toBe(1);
        expect(found.filter(({ created }) => created)).toHaveLength(1);
      }
    },
    ROUNDS_TIMEOUT_MS,
  );
});
