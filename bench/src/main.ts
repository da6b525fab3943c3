import { audit } from "./audit/audit.ts";
import { auditVerify } from "./audit-verify/audit-verify.ts";
import { runBench } from "./runner/run-bench.ts";
import { sharedStage } from "./stage/shared-stage.ts";

const stage = sharedStage();
try {
  process.exitCode = await runBench(process.argv.slice(2), [audit, auditVerify], {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
  });
} finally {
  await stage.close();
}
