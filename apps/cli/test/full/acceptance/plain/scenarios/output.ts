// Each form of the output, of a list, of a record and of a change.
import type { Scenario, Step } from "../scenario.ts";
import { hidden, signUp } from "./sign-up.ts";

const forms = [
  "--json",
  "--json id,title",
  "--json=id",
  "--json=?",
  "--json=",
  "--jq '[.. | .title? // empty]'",
  "--quiet",
  "-q --no-color",
];
const templates = {
  list: "--template '{% for task in items %}{{ task.title }}\\t{{ task.status }}\\n{% endfor %}'",
  record: "--template '{{ id }}: {{ title }}'",
};
const lists = ["table", "tsv", "csv", "json", "ndjson"];

const refused: readonly Step[] = [
  { line: "projo tasks list --format xml", exit: 2 },
  { line: "projo tasks get $TASK --format csv", exit: 2 },
  { line: "projo tasks list --json id,titel", exit: 2 },
  { line: "projo tasks list --json --format csv", exit: 2 },
  { line: "projo tasks list --jq '.items['", exit: 2 },
  { line: "projo tasks list --jq '.items | .nope'", exit: 1 },
  { line: "projo tasks list --template '{% if'", exit: 2 },
  { line: "projo tasks list --template '{{ nope }}'", exit: 1 },
  { line: "projo tasks create 'Never' --project Website --json titel", exit: 2 },
  { line: "projo password change --json", exit: 2 },
  { line: "projo logout --quiet --json", exit: 2 },
];

const colours: readonly Step[] = [
  { line: "projo tasks list --format table" },
  { line: "projo tasks list --format table", env: { CLICOLOR_FORCE: "1" } },
  { line: "projo tasks list --format table", env: { FORCE_COLOR: "1", NO_COLOR: "1" } },
  { line: "projo tasks list --format table", env: { NO_COLOR: "1" } },
  { line: "projo tasks list --format table --no-color", env: { FORCE_COLOR: "1" } },
  { line: "projo tasks list", env: { CLICOLOR_FORCE: "1" } },
  { line: "projo tasks list --json --limit 1", env: { FORCE_COLOR: "1" } },
  { line: "projo nope", env: { CLICOLOR_FORCE: "1" }, exit: 2 },
  { line: "projo nope", env: { CLICOLOR_FORCE: "0", FORCE_COLOR: "0" }, exit: 2 },
];

const streams: readonly Step[] = [
  { line: "projo tasks list > /dev/full", exit: 1 },
  { line: "projo tasks list --all --json > /dev/full", exit: 1 },
  { line: "projo tasks list >&-" },
  { line: "projo tasks list <&-" },
  { line: "projo tasks get - <&-" },
  { line: "projo tasks get - < .", exit: 2 },
  { line: "projo tasks list | head -n 1 | cut -f 2" },
  { line: "projo tasks list > tasks.tsv && wc -l < tasks.tsv" },
  {
    line: "id=$(projo tasks create 'From a script' --project Website) && projo tasks edit $id --status done",
  },
  { line: "for id in $(projo tasks list --status done -q); do projo tasks get $id --jq .title; done" },
  { line: "projo tasks list --status todo | while IFS=$'\\t' read -r id status rest; do echo $status; done" },
];

export const output: Scenario = {
  title: "Forms of the output",
  name: "output",
  steps: [
    ...signUp("ann@output.example"),
    hidden("projo workspaces create Acme"),
    hidden("projo projects create Website"),
    hidden("projo tasks create '=2+3, \"quoted\"' --project Website --status doing"),
    hidden("projo tasks create 'Write the first page' --project Website", { keep: "TASK" }),
    ...forms.map((form) => ({ line: `projo tasks list ${form}` })),
    { line: `projo tasks list ${templates.list}` },
    ...lists.map((format) => ({ line: `projo tasks list --format ${format}` })),
    ...forms.map((form) => ({ line: `projo tasks get $TASK ${form}` })),
    ...forms.map((form) => ({ line: `projo tasks edit $TASK --status doing ${form}` })),
    { line: `projo tasks get $TASK ${templates.record}` },
    { line: `projo tasks edit $TASK --status doing ${templates.record}` },
    { line: "projo tasks get $TASK $TASK --json id" },
    { line: "projo projects delete Nowhere --yes --json", exit: 1 },
    { line: "projo nope --json", exit: 2 },
    ...refused,
    ...colours,
    ...streams,
  ],
};
