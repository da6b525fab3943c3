// `pnpm attack`: starts the built server, attacks it, and prints a table with the measured values and the bound of each.
import { runBench } from "../runner/run-bench.ts";
import { sharedTestbed } from "../testbed/shared-testbed.ts";
import { attacksOn } from "./attacks.ts";

const testbed = sharedTestbed();
try {
  process.exitCode = await runBench(
    process.argv.slice(2),
    attacksOn(testbed),
    { out: (text) => process.stdout.write(text), err: (text) => process.stderr.write(text) },
    "attack",
  );
} finally {
  await testbed.close();
}
