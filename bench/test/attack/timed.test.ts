import { timedAttacksOn } from "../../src/attack/attacks.ts";
import { runAttacks } from "./run-attacks.ts";

runAttacks(timedAttacksOn);
