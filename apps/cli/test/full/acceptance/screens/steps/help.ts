// Help, the version, and names of commands that do not exist.
import { type Step, step } from "../step.ts";

/** Each with a word that a user may take for a command of it. */
const groups = {
  auth: "login",
  sessions: "end",
  password: "forgot",
  email: "chang",
  workspaces: "swich",
  members: "kick",
  invites: "snd",
  audit: "show",
  projects: "archive",
  tasks: "lst",
  keys: "renew",
  config: "add",
};

export const helpSteps = (): readonly Step[] => [
  step("projo --version"),
  step("projo"),
  step("projo help"),
  step("projo users"),
  step("projo --colour"),
  step("projo help tasks list"),
  step("projo help nope"),
  step("projo help --all | head -3"),
  ...Object.entries(groups).flatMap(([group, wrong]) => [
    step(`projo ${group} --help`),
    step(`projo ${group} ${wrong}`),
  ]),
];
