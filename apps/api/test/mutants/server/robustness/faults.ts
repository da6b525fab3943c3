// How the server behaves while its database cannot work: what a caller is answered, what the log keeps, what a balancer is told,
// and that a failover is followed.
import { setTimeout as delay } from "node:timers/promises";
import type { TestServer } from "../../../kit/index.ts";
import { team, type Team } from "../../attackers.ts";
import { guard, type Attack, type Mutant } from "../../mutant.ts";

/** Has every new connection take no writes, as those to a former primary, for the length of the work. */
async function withoutWrites<T>(
  server: TestServer,
  work: (recover: () => Promise<void>) => Promise<T>,
): Promise<T> {
  const { owner, name } = server.database;
  const dropConnections = async () => {
    await owner(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND application_name = 'projostack'",
      [name],
    );
    await delay(100);
  };
  const recover = () =>
    owner(`ALTER DATABASE ${name} RESET default_transaction_read_only`).then(() => undefined);
  await owner(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);
  await dropConnections();
  try {
    return await work(recover);
  } finally {
    await recover();
    await dropConnections();
  }
}

const list = ({ admin, id }: Team) => admin.call("projects.list", {}, id);
const create = ({ admin, id }: Team) => admin.call("projects.create", { name: "Notes" }, id);

const looksLikeBug: Attack = {
  says: "a write is answered 500 when PostgreSQL takes none",
  tryOn: async (server) => {
    const here = await team(server);
    return withoutWrites(server, async () => (await create(here)).status === 500);
  },
};

const saysReady: Attack = {
  says: "a balancer sends writes to a server whose PostgreSQL takes none",
  tryOn: async (server) =>
    withoutWrites(server, async () => (await fetch(`${server.url}/readyz`)).status === 200),
};

const staysWithStandby: Attack = {
  says: "after a failover the connections to the former primary are used for seconds",
  tryOn: async (server) => {
    const here = await team(server);
    return withoutWrites(server, async (recover) => {
      await Promise.all(Array.from({ length: 8 }, () => list(here)));
      await recover();
      // Their age is counted: connections of the last second are kept.
      await delay(1_500);
      for (let tries = 0; tries < 15; tries += 1) {
        if ((await create(here)).status === 200) return false;
        await delay(100);
      }
      return true;
    });
  },
};

const MESSAGE = "a call was refused with 503";
const linesWith = ({ logLines }: TestServer, text: string): number =>
  logLines.filter((line) => line.includes(text)).length;

const leavesNoLine: Attack = {
  says: "a refused call leaves no line that names it and its cause",
  tryOn: async (server) => {
    const here = await team(server);
    return withoutWrites(server, async () => {
      const { error } = await create(here);
      const line = server.logLines.find(
        (one) => one.includes(MESSAGE) && one.includes(String(error?.requestId)),
      );
      return !line?.includes('"cause":"read_only_sql_transaction"');
    });
  },
};

const floodsLog: Attack = {
  says: "an outage writes a line for each of a hundred refusals",
  tryOn: async (server) => {
    const here = await team(server);
    return withoutWrites(server, async () => {
      const before = linesWith(server, MESSAGE);
      await Promise.all(Array.from({ length: 100 }, () => create(here)));
      return linesWith(server, MESSAGE) - before >= 100;
    });
  },
};

const db = "packages/db/src";
const named = guard(
  "a server that takes no writes is a condition of the database",
  `${db}/connection/conditions.ts`,
  ['"25006": ["down", "read_only_sql_transaction"],', ""],
);
const asked = guard("readiness asks whether writes are taken", `${db}/pool/ping.ts`, [
  'if (rows.length === 1 && readOnly === "off") return;',
  "if (rows.length === 1) return;",
]);
const renewed = guard(
  "connections are replaced when writes are not taken",
  `${db}/pool/connection-watch.ts`,
  ["if (code === READ_ONLY) this.renew();", ""],
);
const noted = guard("each refusal is noted for the log", "apps/api/src/rpc/layered.ts", [
  "services.refusals.note({ requestId, operation: path, reason: failure.reason, cause: failure.cause });",
  "void [services, requestId];",
]);
const bounded = guard("a second has ten lines of refusals", "apps/api/src/limits/refusal-log.ts", [
  "if (written >= LINES_PER_SECOND) {",
  "if (written < 0) {",
]);

export const faults: readonly Mutant[] = [
  { without: [named], works: [looksLikeBug] },
  { without: [asked], works: [saysReady] },
  { without: [renewed], works: [staysWithStandby] },
  { without: [noted], works: [leavesNoLine] },
  { without: [bounded], works: [floodsLog] },
];
