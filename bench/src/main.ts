import { audit } from "./audit/audit.ts";
import { auditVerify } from "./audit-verify/audit-verify.ts";
import { builds } from "./builds/builds.ts";
import { commandLine } from "./command-line/command-line.ts";
import { flood } from "./flood/flood.ts";
import { growth } from "./growth/growth.ts";
import { bulkImport } from "./import/import.ts";
import { observability } from "./observability/observability.ts";
import { pages } from "./pages/pages.ts";
import { read } from "./read/read.ts";
import { refresh } from "./refresh/refresh.ts";
import { runBench } from "./runner/run-bench.ts";
import { search } from "./search/search.ts";
import { sharedTestbed } from "./testbed/shared-testbed.ts";
import { start } from "./start/start.ts";

const testbed = sharedTestbed();
// Subjects that write into the shared data run after those that only read it.
const subjects = [
  pages(testbed),
  search(testbed),
  flood(testbed),
  start(testbed),
  growth(testbed),
  read(testbed),
  builds(testbed),
  observability(testbed),
  refresh(testbed),
  bulkImport(testbed),
  commandLine,
  audit,
  auditVerify,
];
try {
  process.exitCode = await runBench(process.argv.slice(2), subjects, {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
  });
} finally {
  await testbed.close();
}
