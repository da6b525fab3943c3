// Takes the guards of the server's sources out, one at a time, and sees each attack work that the guard was there to stop.
import { bySuite, createTestDatabase, type TestDatabase } from "@projostack/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServerOver, type TestServer } from "../kit/index.ts";
import { printTable } from "../proofs/print-table.ts";
import type { Attack, Guard, Mutant } from "./mutant.ts";
import { openPatchedServers, type PatchedServers } from "./patched-server.ts";
import { accounts } from "./server/accounts.ts";
import { faults } from "./server/faults.ts";
import { cost, quotasOfMutants } from "./server/cost.ts";
import { input } from "./server/input.ts";
import { invites } from "./server/invites.ts";
import { isolation } from "./server/isolation.ts";
import { keys } from "./server/keys.ts";
import { limiter } from "./server/limiter.ts";
import { teams } from "./server/members.ts";
import { overload } from "./server/overload.ts";
import { passwords } from "./server/passwords.ts";
import { productionDefaults } from "./server/production.ts";
import { roles } from "./server/roles.ts";
import { sessions } from "./server/sessions.ts";
import { sockets, socketsEnv } from "./server/sockets.ts";
import { tokens } from "./server/tokens.ts";
import { transactions } from "./server/transactions.ts";

const groups: readonly (readonly Mutant[])[] = [
  roles,
  sessions,
  tokens,
  accounts,
  invites,
  teams,
  keys,
  isolation,
  transactions,
  input,
  sockets,
  faults,
  overload,
  cost,
  passwords,
  productionDefaults,
  limiter,
];
const mutants = groups.flat();
const attacks = [...new Set(mutants.flatMap(({ works, refused = [] }) => [...works, ...refused]))];
const says = (all: readonly { says: string }[]): string => all.map((one) => one.says).join("; ");

// Each with the limits that a server has by itself, which some attacks are upon. Quotas are those that an attack can reach.
// Some attacks come from many addresses.
const env = { PROJO_LIMITS: "1", PROJO_TRUSTED_PROXIES: "127.0.0.1", ...socketsEnv, ...quotasOfMutants };

let database: TestDatabase;
let servers: PatchedServers;
beforeAll(async () => {
  [database, servers] = await Promise.all([createTestDatabase(), openPatchedServers()]);
});
afterAll(async () => {
  await servers.close();
  await database.drop();
});

describe("with every guard in its place", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServerOver(database, env);
  });
  afterAll(() => server.close());

  it.each(attacks)("refuses: $says", async ({ tryOn }) => {
    expect(await tryOn(server)).toBe(false);
  });
});

describe("every guard is needed", () => {
  // A mutant of every kind of check is tried in the short suite, and every mutant in the full one.
  for (const mutant of bySuite({ short: groups.flatMap(([first]) => first ?? []), full: mutants })) {
    const { without, works, refused = [] } = mutant;
    it(`without this, ${works.length > 0 ? "an attack works" : "another guard holds"}: ${says(without)}`, async () => {
      const tried = await tryAll(without, [...works, ...refused]);
      expect(says(tried.filter(({ worked }) => worked))).toBe(says(works));
    });
  }

  it("and where two stop the same attack, both together are taken out too", () => {
    const shown = new Set(mutants.filter(({ works }) => works.length > 0).flatMap(({ without }) => without));
    const survivors = mutants.flatMap(({ without }) => without).filter((guard) => !shown.has(guard));
    expect(survivors.map((guard) => guard.says)).toEqual([]);
    expect(attacks.filter((attack) => !mutants.some(({ works }) => works.includes(attack)))).toEqual([]);
  });

  it("and the list of them is the one that is committed", async () => {
    const rows = mutants.map(({ without, works, refused = [] }) => [
      without.map((guard) => guard.says).join(" AND "),
      [...new Set(without.map((guard) => ("sql" in guard ? "the schema" : guard.file)))].join(", "),
      works.length === 0 ? "nothing" : says(works),
      refused.length === 0 ? "" : says(refused),
    ]);
    const guards = new Set(mutants.flatMap(({ without }) => without)).size;
    await expect(
      printTable({
        printedBy: "apps/api/test/mutants/server-guards.test.ts",
        title: `The server without its guards: ${guards} guards, ${mutants.length} mutants, ${attacks.length} attacks`,
        header: ["Taken out", "Of", "What works then", "What another guard still stops"],
        rows,
      }),
    ).toMatchFileSnapshot("server-guards.md");
  });
});

/** Each attack on a server without the guards: whether it worked. */
async function tryAll(without: readonly Guard[], all: readonly Attack[]) {
  const own = without.flatMap((guard) => ("sql" in guard ? [guard.sql] : []));
  const sources = without.flatMap((guard) => ("sql" in guard ? [] : [guard]));
  const place = own.length > 0 ? await createTestDatabase() : database;
  for (const sql of own) await place.owner(sql);
  const server = await (await servers.load(sources)).startServerOver(place, env);
  try {
    const tried = [];
    for (const { says: name, tryOn } of all) tried.push({ says: name, worked: await tryOn(server) });
    return tried;
  } finally {
    await server.close();
    if (place !== database) await place.drop();
  }
}
