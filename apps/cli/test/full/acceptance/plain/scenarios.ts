// All scenarios. They run at the same time.
import type { Scenario } from "./scenario.ts";
import { account } from "./scenarios/account.ts";
import { accounts } from "./scenarios/accounts.ts";
import { audit } from "./scenarios/audit.ts";
import { help } from "./scenarios/help.ts";
import { keys } from "./scenarios/keys.ts";
import { machine } from "./scenarios/machine.ts";
import { output } from "./scenarios/output.ts";
import { people } from "./scenarios/people.ts";
import { projects } from "./scenarios/projects.ts";
import { workspaces } from "./scenarios/workspaces.ts";

export const scenarios: readonly Scenario[] = [
  help,
  account,
  accounts,
  workspaces,
  people,
  audit,
  projects,
  keys,
  machine,
  output,
];
