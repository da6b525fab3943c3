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

describe("A user who works in two workspaces at the same time", () => {
  it(`I13 finds every write in the right workspace after ${SWITCHES} switches`, async () => {
    const [engines, looms] = [await newTeam(server, "Engines"), await newTeam(server, "Looms")];
    const { founder: person } = engines;
    await putIn(server, looms, person, "member");
    const { token } = person;
    // Three callers use one session: two clients with a fixed workspace each, and one that switches the workspace.
    const tokens = memoryTokenStore({ accessToken: token });
    const clients = [engines, looms].map(({ id, name }) => ({
      name,
      client: createClient({ baseUrl: server.url, tokens, workspaceId: id }),
    }));
    const writeWithClients = (round: number) =>
      Promise.all(
        clients.map(({ name, client }) => client.projects.create({ name: `${name} by a client, ${round}` })),
      );
    const switchAndWrite = async (round: number) => {
      const { id: workspaceId, name } = round % 2 === 0 ? engines : looms;
      await call(server.url, "workspaces.switch", { token, input: { workspaceId } });
      const input = { name: `${name} by switching, ${round}` };
      return (await call(server.url, "projects.create", { token, input })).status;
    };
    const statuses = new Set<number>();
    for (let round = 0; round < SWITCHES; round += 1) {
      const [status] = await Promise.all([switchAndWrite(round), writeWithClients(round)]);
      statuses.add(status);
    }
    expect(statuses).toEqual(new Set([200]));
    const rows = await server.database.owner<{ workspace: string; intended: string; writes: number }>(
      `SELECT w.name AS workspace, substring(p.name FROM '^\\w+') AS intended, count(*)::integer AS writes
         FROM projects AS p JOIN workspaces AS w ON w.id = p.workspace_id GROUP BY 1, 2 ORDER BY 1`,
    );
    const each = SWITCHES + SWITCHES / 2;
    expect(rows).toEqual([
      { workspace: "Engines", intended: "Engines", writes: each },
      { workspace: "Looms", intended: "Looms", writes: each },
    ]);
  }, 240_000);
});
