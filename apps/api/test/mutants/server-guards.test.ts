// Removes the security checks of the server one at a time, and runs the attacks that each check prevents.
import { bySuite, createTestDatabase, type TestDatabase } from "@projostack/db/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServerOver, type TestServer } from "../kit/index.ts";
import { makeSite, type Site } from "../delivery/site.ts";
import { printTable } from "../proofs/print-table.ts";
import type { Attack, Guard, Mutant } from "./mutant.ts";
import { openPatchedServers, type PatchedServers } from "./patched-server.ts";
import { accounts } from "./server/access/accounts.ts";
import { cookieRequests } from "./server/access/cookie-requests.ts";
import { cookies } from "./server/access/cookies.ts";
import { declinedInvites } from "./server/access/declined-invites.ts";
import { crossOrigin, crossOriginEnv } from "./server/access/cross-origin.ts";
import { durability } from "./server/robustness/durability.ts";
import { faults } from "./server/robustness/faults.ts";
import { cost } from "./server/robustness/cost.ts";
import { input } from "./server/robustness/input.ts";
import { idempotency } from "./server/robustness/idempotency.ts";
import { idempotencyScope } from "./server/robustness/idempotency-scope.ts";
import { invites } from "./server/access/invites.ts";
import { isolation } from "./server/access/isolation.ts";
import { keys } from "./server/access/keys.ts";
import { livingServers } from "./server/robustness/living-servers.ts";
import { limiter } from "./server/robustness/limiter.ts";
import { teams } from "./server/access/members.ts";
import { mailOutbox } from "./server/robustness/mail-outbox.ts";
import { metrics, metricsEnv } from "./server/robustness/metrics.ts";
import { names } from "./server/robustness/names.ts";
import { notices } from "./server/access/notices.ts";
import { overload } from "./server/robustness/overload.ts";
import { passwords } from "./server/access/passwords.ts";
import { productionDefaults } from "./server/robustness/production.ts";
import { quotas, quotasOfMutants } from "./server/robustness/quotas.ts";
import { roles } from "./server/access/roles.ts";
import { sessions } from "./server/access/sessions.ts";
import { sockets, socketsEnv } from "./server/robustness/sockets.ts";
import { stopping } from "./server/robustness/stopping.ts";
import { streams } from "./server/robustness/streams.ts";
import { tokens } from "./server/access/tokens.ts";
import { transactions } from "./server/access/transactions.ts";
import { versions } from "./server/access/versions.ts";
import { web } from "./server/robustness/web.ts";
import { workspaceData } from "./server/access/workspace-data.ts";

const groups: readonly (readonly Mutant[])[] = [
  roles,
  sessions,
  cookieRequests,
  cookies,
  tokens,
  accounts,
  invites,
  declinedInvites,
  teams,
  keys,
  isolation,
  transactions,
  versions,
  workspaceData,
  input,
  idempotency,
  idempotencyScope,
  streams,
  names,
  sockets,
  stopping,
  faults,
  durability,
  mailOutbox,
  overload,
  cost,
  quotas,
  passwords,
  productionDefaults,
  livingServers,
  limiter,
  notices,
  crossOrigin,
  metrics,
  web,
];
const mutants = groups.flat();
const attacks = [
  ...new Set(mutants.flatMap(({ succeeds, stillBlocked = [] }) => [...succeeds, ...stillBlocked])),
];
const titlesOf = (all: readonly { title: string }[]): string => all.map(({ title }) => title).join("; ");

// The servers use the default limits, because some attacks exceed them, and small quotas that an attack can reach. They trust
// 127.0.0.1 as a proxy, because some attacks come from many addresses. They send a small web application.
const settings = {
  PROJO_LIMITS: "1",
  PROJO_TRUSTED_PROXIES: "127.0.0.1",
  ...socketsEnv,
  ...quotasOfMutants,
  ...crossOriginEnv,
  ...metricsEnv,
};

let database: TestDatabase;
let servers: PatchedServers;
let site: Site;
let env: Readonly<Record<string, string>>;
beforeAll(async () => {
  [database, servers, site] = await Promise.all([createTestDatabase(), openPatchedServers(), makeSite()]);
  env = { ...settings, ...site.env };
});
afterAll(async () => {
  await servers.close();
  await database.drop();
  await site.remove();
});

describe("a server with every security check", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServerOver(database, env);
  });
  afterAll(() => server.close());

  for (const { title, tryOn } of attacks) {
    it(`prevents this attack: ${title}`, async () => {
      expect(await tryOn(server)).toBe(false);
    });
  }
});

describe("mutation testing of the server", () => {
  // The short suite tries one mutant of each group, and the full suite tries every mutant.
  for (const mutant of bySuite({ short: groups.flatMap(([first]) => first ?? []), full: mutants })) {
    const { removed, succeeds, stillBlocked = [] } = mutant;
    const effect =
      succeeds.length > 0 ? "finds an attack that succeeds" : "shows that another check prevents the attack";
    it(`${effect} without this check: ${titlesOf(removed)}`, async () => {
      const tried = await tryAll(removed, [...succeeds, ...stillBlocked]);
      expect(titlesOf(tried.filter((attack) => attack.succeeded))).toBe(titlesOf(succeeds));
    });
  }

  it("covers every check and every attack, also where two checks prevent the same attack", () => {
    const proven = new Set(
      mutants.filter(({ succeeds }) => succeeds.length > 0).flatMap(({ removed }) => removed),
    );
    const unproven = mutants.flatMap(({ removed }) => removed).filter((guard) => !proven.has(guard));
    expect(unproven.map(({ title }) => title)).toEqual([]);
    expect(attacks.filter((attack) => !mutants.some(({ succeeds }) => succeeds.includes(attack)))).toEqual(
      [],
    );
  });

  it("prints the list in server-guards.md, which is up to date", async () => {
    const rows = mutants.map(({ removed, succeeds, stillBlocked = [] }) => [
      removed.map(({ title }) => title).join(" AND "),
      [...new Set(removed.map((guard) => ("sql" in guard ? "the schema" : guard.file)))].join(", "),
      succeeds.length === 0 ? "none" : titlesOf(succeeds),
      stillBlocked.length === 0 ? "" : titlesOf(stillBlocked),
    ]);
    const guards = new Set(mutants.flatMap(({ removed }) => removed)).size;
    await expect(
      printTable({
        printedBy: "apps/api/test/mutants/server-guards.test.ts",
        title: `Mutants of the server: ${guards} checks, ${mutants.length} mutants, ${attacks.length} attacks`,
        header: [
          "Removed checks",
          "Files",
          "Attacks that succeed",
          "Attacks that another check still prevents",
        ],
        rows,
      }),
    ).toMatchFileSnapshot("server-guards.md");
  });
});

/** Tries each attack on a server without the checks. @returns which attacks succeeded */
async function tryAll(removed: readonly Guard[], all: readonly Attack[]) {
  const schemaChanges = removed.flatMap((guard) => ("sql" in guard ? [guard.sql] : []));
  const sourceGuards = removed.flatMap((guard) => ("sql" in guard ? [] : [guard]));
  const mutantDatabase = schemaChanges.length > 0 ? await createTestDatabase() : database;
  for (const sql of schemaChanges) await mutantDatabase.owner(sql);
  const server = await (await servers.load(sourceGuards)).startServerOver(mutantDatabase, env);
  try {
    const tried = [];
    for (const { title, tryOn } of all) tried.push({ title, succeeded: await tryOn(server) });
    return tried;
  } finally {
    await server.close();
    if (mutantDatabase !== database) await mutantDatabase.drop();
  }
}
