// Every attack and fault that the server is tried with, in the order of the table.
import type { Subject } from "../runner/run-bench.ts";
import type { SharedStage } from "../stage/shared-stage.ts";
import { strangersMailbox } from "./limiter-mailbox.ts";
import { limiterMemory } from "./limiter-memory.ts";
import { manyNetworks, oneNetwork } from "./limiter-sign-in.ts";

export const attacksOn = (stage: SharedStage): readonly Subject[] => [
  oneNetwork(stage),
  manyNetworks(stage),
  limiterMemory,
  strangersMailbox(stage),
];
