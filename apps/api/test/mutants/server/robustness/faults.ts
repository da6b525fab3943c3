// Mutants of the checks for an unavailable database: the answer to the caller, the log, the readiness check, and the reaction to
// a failover.
import { setTimeout as delay } from "node:timers/promises";
import type { TestServer } from "../../../kit/index.ts";
import { team, type Team } from "../../attackers.ts";
import { guard, type Attack, type Mutant } from "../../mutant.ts";

/** Makes every new connection read-only while `work` runs, like the connections to a former primary. */
async function whileReadOnly<T>(
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

/** A read on a connection of its own: quick reads share a few connections. */
const list = ({ admin, id }: Team) => admin.call("audit.list", {}, id);
const create = ({ admin, id }: Team) => admin.call("projects.create", { name: "Notes" }, id);

const returns500: Attack = {
  title: "a write returns 500 while PostgreSQL is read-only",
  tryOn: async (server) => {
    const here = await team(server);
    return whileReadOnly(server, async () => (await create(here)).status === 500);
  },
};

const reportsReady: Attack = {
  title: "/readyz returns 200 while PostgreSQL is read-only",
  tryOn: async (server) =>
    whileReadOnly(server, async () => (await fetch(`${server.url}/readyz`)).status === 200),
};

const keepsOldConnections: Attack = {
  title: "the server uses connections to the former primary for seconds after a failover",
  tryOn: async (server) => {
    const here = await team(server);
    return whileReadOnly(server, async (recover) => {
      await Promise.all(Array.from({ length: 8 }, () => list(here)));
      await recover();
      // The server keeps connections that are younger than one second.
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

const noLogLine: Attack = {
  title: "a refused call leaves no log line with its request id and cause",
  tryOn: async (server) => {
    const here = await team(server);
    return whileReadOnly(server, async () => {
      const { error } = await create(here);
      const line = server.logLines.find(
        (one) => one.includes(MESSAGE) && one.includes(String(error?.requestId)),
      );
      return !line?.includes('"cause":"read_only_sql_transaction"');
    });
  },
};

const floodsLog: Attack = {
  title: "an outage writes a log line for each of 100 refusals",
  tryOn: async (server) => {
    const here = await team(server);
    return whileReadOnly(server, async () => {
      const before = linesWith(server, MESSAGE);
      await Promise.all(Array.from({ length: 100 }, () => create(here)));
      return linesWith(server, MESSAGE) - before >= 100;
    });
  },
};

const db = "packages/db/src";
const mappedCondition = guard(
  "SQLSTATE 25006 is mapped to an unavailable database",
  `${db}/connection/conditions.ts`,
  ['"25006": ["down", "read_only_sql_transaction"],', ""],
);
const readinessCheck = guard("the readiness check requires a writable database", `${db}/pool/ping.ts`, [
  'if (rows.length === 1 && readOnly === "off") return;',
  "if (rows.length === 1) return;",
]);
const replacedConnections = guard(
  "connections are replaced when the database is read-only",
  `${db}/pool/connection-watch.ts`,
  ["if (code === READ_ONLY) this.renew();", ""],
);
const recordedRefusal = guard(
  "each refusal is recorded for the log",
  "apps/api/src/rpc/procedure-builder.ts",
  [
    "services.refusals.note({ requestId, traceId, operation: path, reason, cause });",
    "void [services, requestId, traceId, reason, cause];",
  ],
);
const boundedLog = guard(
  "the log lines about refusals are limited to ten per second",
  "apps/api/src/limits/refusal-log.ts",
  ["if (written >= LINES_PER_SECOND) {", "if (written < 0) {"],
);

export const faults: readonly Mutant[] = [
  { removed: [mappedCondition], succeeds: [returns500] },
  { removed: [readinessCheck], succeeds: [reportsReady] },
  { removed: [replacedConnections], succeeds: [keepsOldConnections] },
  { removed: [recordedRefusal], succeeds: [noLogLine] },
  { removed: [boundedLog], succeeds: [floodsLog] },
];
