import { bySuite } from "@projostack/db/testing";
import { createClient, memoryTokenStore } from "@projostack/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { call, startTestServer, type TestServer } from "../kit/index.ts";
import { newTeam, putIn } from "../members/team.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const SWITCHES = bySuite({ short: 150, full: 1_000 });

describe("one person at work in two workspaces at once", () => {
  it(`I13 finds every write in its workspace after ${SWITCHES} switches`, async () => {
    const [engines, looms] = [await newTeam(server, "Engines"), await newTeam(server, "Looms")];
    const { founder: person } = engines;
    await putIn(server, looms, person, "member");
    const { token } = person;
    // Three callers of one session: two clients, each with a workspace of its own, and one that switches.
    const tokens = memoryTokenStore({ accessToken: token });
    const clients = [engines, looms].map(({ id, name }) => ({
      name,
      client: createClient({ baseUrl: server.url, tokens, workspaceId: id }),
    }));
    const writeWithClients = (turn: number) =>
      Promise.all(
        clients.map(({ name, client }) => client.projects.create({ name: `${name} by a client, ${turn}` })),
      );
    const switchAndWrite = async (turn: number) => {
      const { id: workspaceId, name } = turn % 2 === 0 ? engines : looms;
      await call(server.url, "workspaces.switch", { token, input: { workspaceId } });
      const input = { name: `${name} by switching, ${turn}` };
      return (await call(server.url, "projects.create", { token, input })).status;
    };
    const statuses = new Set<number>();
    for (let turn = 0; turn < SWITCHES; turn += 1) {
      const [status] = await Promise.all([switchAndWrite(turn), writeWithClients(turn)]);
      statuses.add(status);
    }
    expect(statuses).toEqual(new Set([200]));
    const rows = await server.database.owner<{ workspace: string; meant: string; writes: number }>(
      `SELECT w.name AS workspace, substring(p.name FROM '^\\w+') AS meant, count(*)::integer AS writes
         FROM projects AS p JOIN workspaces AS w ON w.id = p.workspace_id GROUP BY 1, 2 ORDER BY 1`,
    );
    const each = SWITCHES + SWITCHES / 2;
    expect(rows).toEqual([
      { workspace: "Engines", meant: "Engines", writes: each },
      { workspace: "Looms", meant: "Looms", writes: each },
    ]);
  }, 240_000);
});
