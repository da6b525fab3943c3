// Words that people type for the commands of projo, because other programs use them.

type Words = readonly string[];

/** The words for each command of the top level. */
const commands: Readonly<Record<string, Words>> = {
  signup: ["register", "sign-up", "create-account"],
  login: ["signin", "sign-in", "logon", "log-in", "authenticate"],
  logout: ["signout", "sign-out", "logoff", "log-out"],
  whoami: ["me", "who", "user-info", "profile"],
  sessions: ["session", "devices", "device", "logins"],
  password: ["passwd", "passwords", "pw"],
  email: ["mail", "e-mail", "emails"],
  workspaces: [
    "workspace",
    "ws",
    "orgs",
    "org",
    "organizations",
    "organization",
    "tenants",
    "tenant",
    "teams",
    "team",
  ],
  members: ["member", "users", "user", "people", "person", "accounts", "account"],
  invites: ["invite", "invitations", "invitation"],
  keys: [
    "key",
    "tokens",
    "token",
    "api-keys",
    "api-key",
    "apikeys",
    "service-keys",
    "service-key",
    "service-accounts",
  ],
  audit: ["logs", "log", "audit-log", "audit-logs", "history", "events", "activity"],
  projects: ["project", "proj", "repos", "boards", "board"],
  tasks: ["task", "todo", "todos", "issues", "issue", "tickets", "ticket", "items"],
  call: ["api", "rpc", "request", "operation", "operations"],
  completion: ["completions", "autocomplete", "complete"],
  status: ["state", "health", "ping"],
};

/** The verbs that a word can mean. The first one that the noun has is meant. */
const verbs: Readonly<Record<string, Words>> = {
  ...each(["ls", "list", "all", "index", "search", "find", "filter"], ["list"]),
  ...each(["show", "view", "info", "describe", "inspect", "read", "display", "get"], ["get", "list"]),
  ...each(["add", "new", "make", "insert", "create"], ["create"]),
  ...each(["edit", "modify", "change", "set", "patch", "update"], ["update", "rename", "change"]),
  ...each(["rename"], ["rename"]),
  ...each(["rm", "remove", "del", "delete", "destroy", "drop", "erase"], ["delete", "remove", "revoke"]),
  ...each(["revoke", "cancel", "end", "kill", "disable", "terminate"], ["revoke"]),
  ...each(["switch", "select", "choose", "activate"], ["use", "switch"]),
  ...each(["remind", "send", "resend"], ["resend"]),
  ...each(["join", "accept"], ["accept"]),
  ...each(["reject", "refuse", "decline"], ["decline"]),
  ...each(["renew", "roll", "regenerate", "refresh", "rotate"], ["rotate"]),
  ...each(["follow", "watch", "stream"], ["tail"]),
  ...each(["dump", "download", "backup", "save", "export"], ["export"]),
  ...each(["load", "upload", "import"], ["import"]),
  ...each(["check", "confirm", "validate", "verify"], ["verify"]),
  ...each(["undelete", "recover", "restore"], ["restore"]),
  ...each(["quit", "exit", "leave"], ["leave"]),
  ...each(["diff", "compare"], ["compare"]),
  ...each(["forgot", "forgotten", "lost", "recover"], ["reset-request"]),
};

/** The commands for words that no command has, as a user writes them. */
const phrases: Readonly<Record<string, string>> = {
  invite: "invites create EMAIL",
  join: "invites accept",
  switch: "workspaces use NAME",
  use: "workspaces use NAME",
  select: "workspaces use NAME",
  version: "--version",
  roles: "members list",
  scopes: "keys create --help",
  ...each(["tasks rename"], "tasks update ID --title TITLE"),
  ...each(["tasks move"], "tasks update ID --project NAME"),
  ...each(
    [
      "tasks status",
      "tasks done",
      "tasks close",
      "tasks complete",
      "tasks finish",
      "tasks start",
      "tasks reopen",
    ],
    "tasks update ID --status STATUS",
  ),
  ...each(
    ["members add", "members create", "members new", "members invite", "members join"],
    "invites create EMAIL",
  ),
  ...each(
    ["members update", "members edit", "members change", "members set", "members promote", "members demote"],
    "members role EMAIL ROLE",
  ),
  ...each(["workspaces members", "workspaces users", "workspaces people"], "members list"),
  ...each(["workspaces invite"], "invites create EMAIL"),
  ...each(["workspaces join"], "invites accept"),
  ...each(["workspaces remove"], "workspaces delete"),
  ...each(["projects tasks"], "tasks list --project NAME"),
  ...each(["keys edit", "keys update", "keys change"], "keys rotate NAME"),
  ...each(["audit checkpoints"], "audit checkpoint"),
};

/** Returns the command of the top level that the word means. */
export const commandMeant = (word: string): string | undefined =>
  Object.keys(commands).find((command) => command === word || commands[command]?.includes(word));

/** Returns the verb that the word means, of those that exist. */
export const verbMeant = (word: string, existing: Words): string | undefined =>
  verbs[word]?.find((verb) => existing.includes(verb));

/** Returns the command line, without `projo`, that these words mean. */
export const phraseMeant = (words: Words): string | undefined => phrases[words.join(" ")];

function each<T>(keys: Words, value: T): Record<string, T> {
  return Object.fromEntries(keys.map((key) => [key, value]));
}
