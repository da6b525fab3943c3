// Every attack and fault that the server is tried with, in the order of the table.
import type { Subject } from "../runner/run-bench.ts";
import type { SharedStage } from "../stage/shared-stage.ts";
import { costImport } from "./cost-import.ts";
import { costVerify } from "./cost-verify.ts";
import { costWrites } from "./cost-writes.ts";
import { faultsOn } from "./faults.ts";
import { limiterMemory } from "./limiter-memory.ts";
import { manyNetworks, oneNetwork } from "./limiter-sign-in.ts";
import { overloadDelay } from "./overload-delay.ts";
import { overloadGoodput } from "./overload-goodput.ts";
import { overloadLocked } from "./overload-locked.ts";
import { overloadRefusals } from "./overload-refusals.ts";
import { overloadSearch } from "./overload-search.ts";
import { passwordsLargestInputs } from "./passwords-largest-inputs.ts";
import { passwordsSignUp } from "./passwords-sign-up.ts";
import { productionLinks } from "./production-links.ts";
import { productionLogin } from "./production-login.ts";
import { productionSettings } from "./production-settings.ts";
import { socketsGarbage } from "./sockets-garbage.ts";
import { socketsMany } from "./sockets-many.ts";
import { socketsResets } from "./sockets-resets.ts";
import { socketsSlow } from "./sockets-slow.ts";
import { socketsUnread } from "./sockets-unread.ts";
import { strangersMailbox } from "./limiter-mailbox.ts";
import { tokensForged } from "./tokens-forged.ts";
import { tokensGuessed } from "./tokens-guessed.ts";

export const attacksOn = (stage: SharedStage): readonly Subject[] => [
  socketsResets(stage),
  socketsUnread(stage),
  socketsMany(stage),
  socketsSlow(stage),
  socketsGarbage(stage),
  ...faultsOn(stage),
  overloadGoodput(stage),
  overloadDelay(stage),
  overloadRefusals(stage),
  overloadSearch(stage),
  overloadLocked(stage),
  costVerify(stage),
  costWrites(stage),
  costImport(stage),
  passwordsSignUp(stage),
  passwordsLargestInputs(stage),
  productionSettings(),
  productionLinks(),
  productionLogin(stage),
  oneNetwork(stage),
  manyNetworks(stage),
  limiterMemory,
  strangersMailbox(stage),
  tokensForged(stage),
  tokensGuessed(stage),
];
