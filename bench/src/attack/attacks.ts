// Every attack and fault that the server is tried with, in the order of the table.
import type { Subject } from "../runner/run-bench.ts";
import type { SharedStage } from "../stage/shared-stage.ts";
import { productionLinks } from "./production-links.ts";
import { productionLogin } from "./production-login.ts";
import { productionSettings } from "./production-settings.ts";

export const attacksOn = (stage: SharedStage): readonly Subject[] => [
  productionSettings(),
  productionLinks(),
  productionLogin(stage),
];
