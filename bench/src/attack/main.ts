// `pnpm attack`: starts the built server, attacks it, and prints a table of each attack, its bound, and the measured value.
import { runBench } from "../runner/run-bench.ts";
import { sharedStage } from "../stage/shared-stage.ts";
import { attacksOn } from "./attacks.ts";

const stage = sharedStage();
try {
  process.exitCode = await runBench(
    process.argv.slice(2),
    attacksOn(stage),
    { out: (text) => process.stdout.write(text), err: (text) => process.stderr.write(text) },
    "attack",
  );
} finally {
  await stage.close();
}
