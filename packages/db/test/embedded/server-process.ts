// A server reduced to its database, run as a process of its own so that tests can kill it. It says what happens in
// lines of JSON, stops the database on Ctrl-C and ends when its standard input does.

import { setTimeout as delay } from "node:timers/promises";

import {
  EmbeddedPostgresError,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from "../../src/embedded/index.ts";

function say(event: object): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

try {
  const options: EmbeddedPostgresOptions = JSON.parse(process.argv[2] ?? "{}");
  const postgres = await startEmbeddedPostgres(options);
  const stop = async () => {
    await postgres.stop();
    process.exit(0);
  };
  process.on("SIGINT", () => {
    say({ event: "interrupted" });
    void delay(500).then(stop);
  });
  process.stdin.on("end", () => void stop()).resume();
  say({ event: "ready", pid: postgres.pid, owner: postgres.owner });
} catch (error) {
  const code = error instanceof EmbeddedPostgresError ? error.code : "unknown";
  say({ event: "failed", code, message: String(error) });
}
