// The same server under two addresses is two servers for projo. No variable names the server, as on the machine of a person.
import type { Scenario } from "../scenario.ts";
import { verify } from "./sign-up.ts";

const both = (name: string) => ["ann", "bob"].map((person) => `${person}@${name}.example`);
const [ann, bob] = both("accounts");
const other = "${URL/127.0.0.1/localhost}";

export const accounts: Scenario = {
  title: "Several accounts and servers: --url, --account and --workspace in the next command",
  name: "accounts",
  setsUrl: false,
  steps: [
    { line: "projo auth status", exit: 4 },
    { line: "projo auth switch", exit: 1 },
    { line: `projo --url $URL login ${ann}`, exit: 2 },
    { line: `projo --url $URL signup ${ann} --password-stdin`, stdin: "$PASSWORD" },
    { line: `projo --url ${other} signup ${bob} --password-stdin`, stdin: "$PASSWORD" },
    { line: `projo --url ${other} login ${ann} --password-stdin`, stdin: "$PASSWORD" },
    { line: "projo auth status" },
    { line: "projo auth status --json" },
    { line: `projo auth switch ${bob}` },
    { line: `projo auth switch ${ann}`, exit: 2 },
    { line: "projo auth switch cyd@accounts.example", exit: 1 },
    { line: "projo auth switch $URL --json" },
    { line: `projo --account ${bob} whoami` },
    { line: `projo --account ${bob} tasks list`, exit: 1 },
    // The account is the active one of that server, or the argument of the next command.
    { line: `projo --url ${other} --account ${bob} tasks list`, exit: 1, selectedAnyway: ["--account"] },
    {
      line: `projo --url ${other} --account cyd@accounts.example tasks list`,
      exit: 4,
      selectedAnyway: ["--account"],
    },
    verify("ann"),
    { line: "projo workspaces create Acme" },
    { line: `projo workspaces create Other`, keep: "OTHER" },
    { line: "projo workspaces use Acme" },
    { line: "projo tasks get $ABSENT", exit: 1 },
    { line: "projo tasks get $ABSENT --workspace Other", exit: 1 },
    { line: "projo tasks get $ABSENT --workspace=$OTHER", exit: 1 },
    { line: "projo --workspace Other projects delete Website --yes", exit: 1 },
    { line: "projo --workspace Other members role me viewer", exit: 1 },
    { line: "projo --workspace Other projects create", exit: 2 },
    { line: "projo --workspace Other invites create bob@accounts.example", printsSecret: true },
    { line: "projo --workspace Other invites create bob@accounts.example", exit: 1 },
    { line: `projo --url ${other} --account ${ann} --workspace Other keys get nightly`, exit: 1 },
    { line: `projo --url ${other} --account ${ann} --workspace 'No such' keys get nightly`, exit: 1 },
    { line: `projo --url ${other} --account ${ann} --workspace Other tasks get $ABSENT $ABSENT`, exit: 1 },
    { line: `projo --url ${other} --account ${ann} --workspace Other tasks get $ABSENT nope`, exit: 1 },
    { line: `projo --workspace Other tasks get $ABSENT --json`, exit: 1 },
    { line: "projo logout --local" },
    { line: "projo auth status", exit: 4, printsOnFailure: true },
    { line: `projo --url ${other} --account ${bob} logout` },
    { line: "projo tasks list", exit: 4 },
  ],
};
