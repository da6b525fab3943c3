// A database with the data that all contenders work on, and the contenders' servers over it.
import { parseKeyRing } from "@projostack/api/key-ring";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Contender } from "../contenders/contender.ts";
import { contendersWith, type ContenderName } from "../contenders/contenders.ts";
import { startContender, type RunningContender } from "../contenders/start-contender.ts";
import { withBenchDatabase, type BenchDatabase } from "../database/bench-database.ts";
import { seedDataSet, type DataSet } from "../dataset/data-set.ts";
import type { Size } from "../dataset/size.ts";
import { withTemporaryDirectory } from "../runner/temporary-directory.ts";

export interface Testbed {
  readonly size: Size;
  readonly database: BenchDatabase;
  readonly data: DataSet;
  readonly contenders: Readonly<Record<ContenderName, Contender>>;
  /** Starts a contender's server. It is stopped with the stage, if not before. */
  start(name: ContenderName, options?: StartOptions): Promise<RunningContender>;
}

export interface StartOptions {
  /** Where it finds PostgreSQL, if not directly: a proxy before it. */
  readonly databaseAddress?: { readonly host: string; readonly port: number };
  /** In its environment beside its own, or in place of it. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Plants a data set, and leaves nothing of it. */
export async function withTestbed<T>(size: Size, run: (testbed: Testbed) => Promise<T>): Promise<T> {
  const tokenKeys = `1:${randomBytes(32).toString("base64url")}`;
  const betterAuthSecret = randomBytes(32).toString("base64url");
  const work = async (database: BenchDatabase, directory: string): Promise<T> => {
    const { owner, target } = database;
    const data = await seedDataSet(owner, size, { ring: parseKeyRing(tokenKeys), betterAuthSecret });
    const contenders = contendersWith({ tokenKeys, betterAuthSecret, directory });
    const started: RunningContender[] = [];
    const start: Testbed["start"] = async (name, { databaseAddress, environment = {} } = {}) => {
      const contender = contenders[name];
      const running = await startContender(
        {
          ...contender,
          environment: (databaseUrl) => ({ ...contender.environment(databaseUrl), ...environment }),
        },
        { databaseAddress: { ...target, ...databaseAddress }, logFile: join(directory, `${name}.log`) },
      );
      started.push(running);
      return running;
    };
    try {
      return await run({ size, database, data, contenders, start });
    } finally {
      await Promise.all(started.map(({ server }) => server.stop()));
    }
  };
  return withBenchDatabase((database) => withTemporaryDirectory((directory) => work(database, directory)));
}
