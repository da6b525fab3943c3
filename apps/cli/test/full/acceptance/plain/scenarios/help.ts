import { commands } from "../../../../../src/commands.ts";
import type { Scenario } from "../scenario.ts";

/** The commands with commands below them: those whose term in the help has no argument and that a noun names. */
const groups = [
  "auth",
  "sessions",
  "password",
  "email",
  "workspaces",
  "members",
  "invites",
  "audit",
  "projects",
  "tasks",
  "keys",
  "config",
];

export const help: Scenario = {
  title: "Help and wrong command lines",
  name: "help",
  steps: [
    { line: "projo --version" },
    { line: "projo" },
    { line: "projo help tasks create" },
    { line: "projo help --all | head -n 20" },
    { line: "projo help nope", exit: 2 },
    { line: "projo nope --help", exit: 2 },
    { line: "projo --nope", exit: 2 },
    { line: "projo users", exit: 2 },
    { line: "projo taks list", exit: 2 },
    { line: "projo tasks nope", exit: 2 },
    { line: "projo help --nope", exit: 2 },
    { line: "projo tasks list --since 2026-01-31", exit: 2 },
    { line: "projo tasks list --limit", exit: 2 },
    { line: "projo tasks list --limit many", exit: 2 },
    { line: "projo tasks list extra words", exit: 2 },
    { line: "projo tasks list --json --quiet", exit: 2 },
    { line: "projo tasks list --timeout soon", exit: 2 },
    { line: "projo tasks list --url nowhere", exit: 2 },
    { line: "projo tasks list --ca-file nowhere.pem", exit: 2 },
    { line: "projo tasks list --account 'no address'", exit: 2 },
    ...groups.flatMap((group) => [
      { line: `projo ${group} --help | head -n 3` },
      { line: `projo ${group}`, exit: 2 },
    ]),
    ...commands
      .filter(({ name, isHidden }) => !isHidden && !groups.includes(name))
      .map(({ name }) => ({ line: `projo ${name} --nope=secret`, exit: 2 })),
  ],
};
