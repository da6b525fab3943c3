import { randomBytes } from "node:crypto";
import type { TestProject } from "vitest/node";
import { startPostgres15 } from "./postgres-15.ts";
import { prepareCluster } from "./test-cluster.ts";

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const postgres = await startPostgres15();
  const server = { user: "projo_server", password: randomBytes(16).toString("hex") };
  project.provide("cluster", await prepareCluster(postgres.owner, server));
  return () => postgres.stop();
}
