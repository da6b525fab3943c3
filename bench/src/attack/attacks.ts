// Every attack and fault that the server is tried with, in the order of the table.
import type { Subject } from "../runner/run-bench.ts";
import type { SharedStage } from "../stage/shared-stage.ts";
import { overloadDelay } from "./overload-delay.ts";
import { overloadGoodput } from "./overload-goodput.ts";
import { overloadLocked } from "./overload-locked.ts";
import { overloadRefusals } from "./overload-refusals.ts";
import { overloadSearch } from "./overload-search.ts";

export const attacksOn = (stage: SharedStage): readonly Subject[] => [
  overloadGoodput(stage),
  overloadDelay(stage),
  overloadRefusals(stage),
  overloadSearch(stage),
  overloadLocked(stage),
];
