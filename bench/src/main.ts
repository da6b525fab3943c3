import { audit } from "./audit/audit.ts";
import { auditVerify } from "./audit-verify/audit-verify.ts";
import { flood } from "./flood/flood.ts";
import { growth } from "./growth/growth.ts";
import { bulkImport } from "./import/import.ts";
import { pages } from "./pages/pages.ts";
import { read } from "./read/read.ts";
import { refresh } from "./refresh/refresh.ts";
import { runBench } from "./runner/run-bench.ts";
import { search } from "./search/search.ts";
import { sharedStage } from "./stage/shared-stage.ts";
import { start } from "./start/start.ts";

const stage = sharedStage();
// What writes into the shared data comes after what reads it.
const subjects = [
  pages(stage),
  search(stage),
  flood(stage),
  start(stage),
  growth(stage),
  read(stage),
  refresh(stage),
  bulkImport(stage),
  audit,
  auditVerify,
];
try {
  process.exitCode = await runBench(process.argv.slice(2), subjects, {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
  });
} finally {
  await stage.close();
}
