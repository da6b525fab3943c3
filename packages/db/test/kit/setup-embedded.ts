// Starts one PostgreSQL for the whole run: the embedded one, or the one of DATABASE_URL, whose login may create databases and
// roles. Durability is off, since these databases exist for minutes.
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { startEmbeddedPostgres } from "../../src/index.ts";
import { dropTemplate, prepareCluster } from "./test-cluster.ts";

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = { user: "projo_server", password: randomBytes(16).toString("hex") };
  const url = process.env["DATABASE_URL"];
  if (url) {
    const { hostname, port, username, password } = new URL(url);
    const owner = {
      host: hostname,
      port: Number(port || 5432),
      user: username,
      ...(password ? { password } : {}),
    };
    const cluster = await prepareCluster(owner, server);
    project.provide("cluster", cluster);
    return () => dropTemplate(cluster);
  }
  const directory = await mkdtemp(join(tmpdir(), "projo-tests-"));
  const embedded = await startEmbeddedPostgres({
    dataDir: directory,
    settings: { fsync: "off", synchronous_commit: "off", full_page_writes: "off", max_connections: "300" },
  });
  project.provide("cluster", await prepareCluster(embedded.owner, server));
  return async () => {
    await embedded.stop();
    await rm(directory, { recursive: true, force: true });
  };
}
