// Every attack and fault that the server is tried with, in the order of the table.
import type { Subject } from "../runner/run-bench.ts";
import type { SharedStage } from "../stage/shared-stage.ts";
import { costImport } from "./cost-import.ts";
import { costVerify } from "./cost-verify.ts";
import { costWrites } from "./cost-writes.ts";

export const attacksOn = (stage: SharedStage): readonly Subject[] => [
  costVerify(stage),
  costWrites(stage),
  costImport(stage),
];
