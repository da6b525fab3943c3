// The cost of the audit log's hash chain: the same deletions with the chain, and with a plain log.
import { withBenchDatabase, type BenchDatabase } from "../database/bench-database.ts";
import { seedWorkspaces } from "../database/seed-workspaces.ts";
import { compare } from "../runner/compare.ts";
import type { Figure } from "../runner/figure.ts";
import type { RunOptions, Subject } from "../runner/run-bench.ts";
import { batches } from "./batches.ts";
import { deletions } from "./deletions.ts";
import { makePlainLog, PLAIN_LOGIN } from "./plain-log.ts";

export const audit: Subject = {
  name: "audit",
  title: "tasks deleted with an audit entry by 32 callers, with and without the hash chain",
  measure: (options) => withBenchDatabase((database) => measure(options, database)),
};

const SIZES = [1, 100, 1_000] as const;

async function measure(
  { quick, progress }: RunOptions,
  { owner, db, openAs }: BenchDatabase,
): Promise<Figure[]> {
  await makePlainLog(owner);
  const plainDb = await openAs(PLAIN_LOGIN);
  const workspaces = await seedWorkspaces(owner, 100);
  const hot = await seedWorkspaces(owner, 1);
  const changes = await compare(
    [
      deletions(owner, { name: "chain", db, workspaces }),
      deletions(owner, { name: "plain", db: plainDb, workspaces }),
      deletions(owner, { name: "hot chain", db, workspaces: hot }),
      deletions(owner, { name: "hot plain", db: plainDb, workspaces: hot }),
    ],
    { rounds: quick ? 2 : 9, many: quick ? 500 : 2_000, warmUp: quick ? 100 : 400, progress },
  );
  const appended = await compare(
    (await seedWorkspaces(owner, 1)).flatMap((workspace) =>
      SIZES.flatMap((size) => [
        batches({ name: `chain ${size}`, db, workspace, size }),
        batches({ name: `plain ${size}`, db: plainDb, workspace, size }),
      ]),
    ),
    { rounds: quick ? 2 : 8, many: quick ? 500 : 3_000, warmUp: quick ? 100 : 1_000, progress },
  );
  const perEntry = (name: string): Figure => ({
    name,
    value: 1e6 / appended.rate(name),
    unit: "µs per entry",
  });
  return [
    { name: "100 workspaces, with the chain", value: changes.rate("chain"), unit: "tx/s" },
    { name: "100 workspaces, without the chain", value: changes.rate("plain"), unit: "tx/s" },
    {
      name: "100 workspaces, ratio",
      value: changes.ratio("chain", "plain"),
      unit: "x",
      goal: { atLeast: 0.85 },
    },
    { name: "one workspace, with the chain", value: changes.rate("hot chain"), unit: "tx/s" },
    { name: "one workspace, without the chain", value: changes.rate("hot plain"), unit: "tx/s" },
    { name: "one workspace, ratio", value: changes.ratio("hot chain", "hot plain"), unit: "x" },
    ...SIZES.flatMap((size) => [
      { ...perEntry(`chain ${size}`), name: `${size} per transaction, with the chain` },
      { ...perEntry(`plain ${size}`), name: `${size} per transaction, without the chain` },
    ]),
  ];
}
