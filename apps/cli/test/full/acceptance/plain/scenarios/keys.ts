import type { Scenario } from "../scenario.ts";
import { hidden, signUp } from "./sign-up.ts";

/** As cron runs a command: no terminal, no input, a short path and two variables. The program is a link in the path. */
const cron = (command: string): string =>
  `env -i PATH="$PATH" HOME=/nonexistent PROJO_URL=$URL PROJO_TOKEN="$(cat token.txt)" ${command} < /dev/null`;

export const keys: Scenario = {
  title: "Service keys, and commands of programs",
  name: "keys",
  steps: [
    ...signUp("ann@keys.example"),
    hidden("projo workspaces create Acme"),
    hidden("projo projects create Website"),
    { line: "projo keys create", exit: 2 },
    { line: "projo keys create nightly", exit: 2 },
    { line: "projo keys create nightly --scopes task:delete", exit: 2 },
    { line: "projo keys create nightly --scopes task:read --days 400", exit: 2 },
    { line: "projo keys create nightly --scopes task:read --role viewer", printsSecret: true },
    { line: "projo keys create import --scopes task:read,task:write,project:read > token.txt" },
    { line: "projo keys create report --scopes audit:read", exit: 2 },
    { line: "projo keys list" },
    { line: "projo keys list --status open", exit: 2 },
    { line: "projo keys get nightly" },
    { line: "projo keys get Nowhere", exit: 1 },
    { line: "projo keys rotate", exit: 2 },
    { line: "projo keys rotate Nowhere", exit: 1 },
    { line: "projo keys rotate nightly --overlap-hours 200", exit: 2 },
    { line: "projo keys rotate nightly --overlap-hours 1", printsSecret: true },
    { line: cron("projo whoami") },
    { line: cron("projo status") },
    { line: cron("projo tasks create 'From a job' --project Website") },
    { line: cron("projo tasks list --json title,status") },
    { line: cron("projo audit list"), exit: 1 },
    { line: cron("projo members list"), exit: 1 },
    { line: cron("projo workspaces list"), exit: 1 },
    { line: cron("projo sessions list"), exit: 1 },
    { line: cron("projo --workspace Other tasks list"), exit: 1 },
    { line: cron("projo tasks create 'From a job'"), exit: 2 },
    {
      line: "projo tasks list",
      env: { PROJO_TOKEN: "pjk_0000000000000000000000000000000000000000000" },
      exit: 4,
    },
    { line: "projo tasks list", env: { PROJO_TOKEN: "two\nlines" }, exit: 2 },
    { line: "projo keys revoke nightly", exit: 2 },
    { line: "projo keys revoke Nowhere --yes", exit: 1 },
    { line: "projo keys revoke", exit: 2 },
    { line: "projo keys revoke nightly import --yes" },
    { line: cron("projo tasks list"), exit: 4 },
  ],
};
