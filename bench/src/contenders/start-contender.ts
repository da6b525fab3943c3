import { startServerProcess, type ServerProcess } from "../processes/server-process.ts";
import { listeningUrl, type Contender } from "./contender.ts";
import { databaseUrlFor } from "./database-url.ts";

export interface RunningContender {
  readonly contender: Contender;
  readonly server: ServerProcess;
}

/** Starts the built program of a contender on a database that has its schema. */
export async function startContender(
  contender: Contender,
  { databaseAddress, logFile }: { databaseAddress: Parameters<typeof databaseUrlFor>[0]; logFile: string },
): Promise<RunningContender> {
  const server = await startServerProcess({
    program: [process.execPath, ...contender.program],
    env: contender.environment(databaseUrlFor(databaseAddress, contender.login)),
    ready: listeningUrl,
    logFile,
  });
  return { contender, server };
}
