// Starts a PostgreSQL 15 with a standby for the whole run. Every server of the run reads lists from the standby.
import { randomBytes } from "node:crypto";
import type { TestProject } from "vitest/node";
import { startPostgres15, startStandby15 } from "./postgres-15.ts";
import { prepareCluster } from "./test-cluster.ts";

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const primary = await startPostgres15();
  const server = { user: "projo_server", password: randomBytes(16).toString("hex") };
  const cluster = await prepareCluster(primary.owner, server);
  const standby = await startStandby15(primary);
  const { host, port } = standby.owner;
  project.provide("cluster", { ...cluster, replica: { host, port } });
  return async () => {
    await standby.stop();
    await primary.stop();
  };
}
