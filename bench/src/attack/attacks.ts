// Every attack and fault that the server is tried with, in the order of the table.
import type { Subject } from "../runner/run-bench.ts";
import type { SharedStage } from "../stage/shared-stage.ts";

export const attacksOn = (_stage: SharedStage): readonly Subject[] => [];
