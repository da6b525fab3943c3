import { readPostgresAddress, verifyDatabase, withOwner } from "@projostack/db";
import { createClient, isProjoError, type ChainPoint, type Client } from "@projostack/sdk";
import type { Cluster } from "./cluster.ts";
import type { DrillContext } from "./context.ts";
import { differences, type RowCounts } from "./row-counts.ts";
import { runOperator, startServer } from "./server.ts";
import { backupUrl, operatorEnv, serverEnv } from "./set-up-source.ts";
import type { Account } from "./writers.ts";

interface Restored {
  readonly name: string;
  readonly cluster: Cluster;
  readonly accounts: readonly Account[];
  readonly expected: RowCounts;
}

/** Compares the rows, verifies every audit log, settles the restore, and uses a real server as its users do. */
export async function checkRestored(
  context: DrillContext,
  { name, cluster, accounts, expected }: Restored,
): Promise<void> {
  const { report, isBuilt, env, started } = context;
  const { target } = readPostgresAddress(backupUrl(cluster));
  const { rows, problems, logs, entries } = await withOwner(target, verifyDatabase);
  report.compared(`${name} has every row`, differences(expected, rows));
  report.compared(
    `${name} has ${logs} intact audit logs with ${entries} entries by verify-database`,
    problems,
  );
  const settled = await runOperator(["after-restore", "--yes"], {
    isBuilt,
    env: { ...env, ...operatorEnv(cluster) },
  });
  report.succeeded(`projostack after-restore: ${settled.split(".")[0] ?? ""}`);
  const server = await startServer({ isBuilt, env: { ...env, ...serverEnv(cluster) } });
  started.push(server);
  const wrong: string[] = [];
  for (const { store } of accounts) {
    const old = createClient({ baseUrl: server.url, tokens: store });
    if ((await refusal(old.auth.me())) === null) wrong.push("a session of before the restore is still valid");
  }
  report.compared(`a server on ${name} refuses the sessions of before`, wrong);
  report.compared(
    `every account signs in and verifies its audit log on ${name}`,
    await signInAll(server.url, accounts),
  );
  await started.pop()?.stop();
}

async function signInAll(url: string, accounts: readonly Account[]): Promise<string[]> {
  const wrong: string[] = [];
  for (const { email, password, workspaceId, projectId } of accounts) {
    const client = createClient({ baseUrl: url });
    await client.auth.signIn({ email, password });
    const workspace = client.workspace(workspaceId);
    const problem = await verifyLog(workspace);
    if (problem !== null) wrong.push(`${email}: ${problem}`);
    await workspace.tasks.create({ projectId, title: "After the restore" });
  }
  return wrong;
}

/** Verifies the log in parts. @returns the problem, or null if the log is intact */
async function verifyLog(workspace: ReturnType<Client["workspace"]>): Promise<string | null> {
  let after: ChainPoint | undefined;
  for (;;) {
    const { done, last, problem } = await workspace.audit.verify(after === undefined ? {} : { after });
    if (done) return problem?.message ?? null;
    after = last ?? undefined;
  }
}

async function refusal(call: PromiseLike<unknown>): Promise<string | null> {
  try {
    await call;
    return null;
  } catch (error) {
    if (isProjoError(error)) return error.code;
    throw error;
  }
}
