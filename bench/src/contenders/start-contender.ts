import { startServerProcess, type ServerProcess } from "../processes/server-process.ts";
import { urlIn, type Contender } from "./contender.ts";
import { databaseUrlFor } from "./database-url.ts";

export interface Running {
  readonly contender: Contender;
  readonly server: ServerProcess;
}

/** Starts its program, which is built, over a database that has its schema. */
export async function startContender(
  contender: Contender,
  { place, logFile }: { place: Parameters<typeof databaseUrlFor>[0]; logFile: string },
): Promise<Running> {
  const server = await startServerProcess({
    program: [process.execPath, ...contender.program],
    env: contender.environment(databaseUrlFor(place, contender.login)),
    ready: urlIn,
    logFile,
  });
  return { contender, server };
}
