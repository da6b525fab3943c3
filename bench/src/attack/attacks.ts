// All attacks and faults that `pnpm attack` runs against the server.
import type { Subject } from "../runner/run-bench.ts";
import type { SharedTestbed } from "../testbed/shared-testbed.ts";
import { costImport } from "./cost/cost-import.ts";
import { costVerify } from "./cost/cost-verify.ts";
import { costWrites } from "./cost/cost-writes.ts";
import { faultsOn } from "./faults/faults.ts";
import { limiterMemory } from "./limits/limiter-memory.ts";
import { manyNetworks, oneNetwork } from "./limits/limiter-sign-in.ts";
import { overloadDelay } from "./overload/overload-delay.ts";
import { overloadGoodput } from "./overload/overload-goodput.ts";
import { overloadLocked } from "./overload/overload-locked.ts";
import { overloadRefusals } from "./overload/overload-refusals.ts";
import { overloadSearch } from "./overload/overload-search.ts";
import { passwordsLargestInputs } from "./passwords/passwords-largest-inputs.ts";
import { passwordsSignUp } from "./passwords/passwords-sign-up.ts";
import { productionLinks } from "./production/production-links.ts";
import { productionLogin } from "./production/production-login.ts";
import { productionSettings } from "./production/production-settings.ts";
import { socketsGarbage } from "./sockets/sockets-garbage.ts";
import { socketsMany } from "./sockets/sockets-many.ts";
import { socketsResets } from "./sockets/sockets-resets.ts";
import { socketsSlow } from "./sockets/sockets-slow.ts";
import { socketsUnread } from "./sockets/sockets-unread.ts";
import { limiterMailbox } from "./limits/limiter-mailbox.ts";
import { tokensForged } from "./tokens/tokens-forged.ts";
import { tokensGuessed } from "./tokens/tokens-guessed.ts";

/** In the order of the printed table. */
export const attacksOn = (testbed: SharedTestbed): readonly Subject[] => [
  ...countedAttacksOn(testbed),
  ...timedAttacksOn(testbed),
];

/** Their bounds are counts, states and sizes, so other work on the machine does not change the result. */
export const countedAttacksOn = (testbed: SharedTestbed): readonly Subject[] => [
  socketsResets(testbed),
  socketsUnread(testbed),
  socketsMany(testbed),
  socketsSlow(testbed),
  socketsGarbage(testbed),
  costWrites(testbed),
  costImport(testbed),
  productionSettings(),
  productionLinks(),
  productionLogin(testbed),
  oneNetwork(testbed),
  manyNetworks(testbed),
  limiterMemory,
  limiterMailbox(testbed),
  tokensGuessed(testbed),
];

/** Their bounds are times. They keep every processor busy, and measure how long others wait. */
export const timedAttacksOn = (testbed: SharedTestbed): readonly Subject[] => [
  ...faultsOn(testbed),
  overloadGoodput(testbed),
  overloadDelay(testbed),
  overloadRefusals(testbed),
  overloadSearch(testbed),
  overloadLocked(testbed),
  costVerify(testbed),
  passwordsSignUp(testbed),
  passwordsLargestInputs(testbed),
  tokensForged(testbed),
];
