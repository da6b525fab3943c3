// A database with the data set that all contenders use, and the contenders' servers.
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
  /** Starts a contender's server. It is stopped together with the testbed, if not earlier. */
  start(name: ContenderName | Contender, options?: StartOptions): Promise<RunningContender>;
}

export interface StartOptions {
  /** The address of a proxy to PostgreSQL. If omitted, the server connects directly. */
  readonly databaseAddress?: { readonly host: string; readonly port: number };
  /** Environment variables that are added to, or replace, those of the contender. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Creates a testbed for the work, and removes it afterwards. */
export async function withTestbed<T>(size: Size, run: (testbed: Testbed) => Promise<T>): Promise<T> {
  const tokenKeys = `1:${randomBytes(32).toString("base64url")}`;
  const betterAuthSecret = randomBytes(32).toString("base64url");
  const work = async (database: BenchDatabase, directory: string): Promise<T> => {
    const { owner, target } = database;
    const data = await seedDataSet(owner, size, { ring: parseKeyRing(tokenKeys), betterAuthSecret });
    const contenders = contendersWith({ tokenKeys, betterAuthSecret, directory });
    const started: RunningContender[] = [];
    const start: Testbed["start"] = async (name, { databaseAddress, environment = {} } = {}) => {
      const contender = typeof name === "string" ? contenders[name] : name;
      const running = await startContender(
        {
          ...contender,
          environment: (databaseUrl) => ({ ...contender.environment(databaseUrl), ...environment }),
        },
        {
          databaseAddress: { ...target, ...databaseAddress },
          logFile: join(directory, `${contender.name}.log`),
        },
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
