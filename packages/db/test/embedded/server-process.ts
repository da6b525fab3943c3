// A server with only its database, as a separate process that tests can kill. It prints events as lines of JSON, also on Ctrl-C. At
// the end of its standard input, which stands for the end of its work, it stops the database and ends.

import {
  EmbeddedPostgresError,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from "../../src/embedded/index.ts";

function print(event: object): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

try {
  const options: EmbeddedPostgresOptions = JSON.parse(process.argv[2] ?? "{}");
  const postgres = await startEmbeddedPostgres(options);
  const stop = async () => {
    await postgres.stop();
    process.exit(0);
  };
  process.on("SIGINT", () => print({ event: "interrupted" }));
  process.stdin.on("end", () => void stop()).resume();
  print({ event: "ready", pid: postgres.pid, owner: postgres.owner });
} catch (error) {
  const code = error instanceof EmbeddedPostgresError ? error.code : "unknown";
  print({ event: "failed", code, message: String(error) });
}
