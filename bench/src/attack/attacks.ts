// Every attack and fault that the server is tried with, in the order of the table.
import type { Subject } from "../runner/run-bench.ts";
import type { SharedStage } from "../stage/shared-stage.ts";
import { tokensForged } from "./tokens-forged.ts";
import { tokensGuessed } from "./tokens-guessed.ts";

export const attacksOn = (stage: SharedStage): readonly Subject[] => [
  tokensForged(stage),
  tokensGuessed(stage),
];
