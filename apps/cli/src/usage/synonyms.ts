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
  members: ["member", "users", "user", "people", "person"],
  auth: ["accounts", "account"],
  config: ["settings", "setting", "preferences", "configure", "configuration", "cfg"],
  doctor: ["diagnose", "diagnostics", "diag", "debug", "troubleshoot"],
  open: ["browse", "browser", "web", "dashboard", "console", "ui"],
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
  projects: ["project", "proj", "repo", "repos", "repositories", "boards", "board"],
  tasks: ["task", "todo", "todos", "issues", "issue", "tickets", "ticket", "items"],
  call: ["api", "rpc", "request", "operation", "operations"],
  completion: ["completions", "autocomplete", "complete"],
  status: ["state", "health", "ping", "server"],
};

/** The verbs that a word can mean. The first one that the noun has is meant. */
const verbs: Readonly<Record<string, Words>> = {
  ...each(["ls", "list", "all", "index", "search", "find", "filter", "grep", "count"], ["list", "status"]),
  ...each(
    ["show", "view", "info", "describe", "inspect", "read", "display", "get"],
    ["get", "list", "status"],
  ),
  ...each(["add", "new", "make", "insert", "create"], ["create", "set"]),
  ...each(["edit", "modify", "change", "set", "patch", "update"], ["update", "rename", "change", "set"]),
  ...each(["rename", "mv"], ["rename"]),
  ...each(
    ["rm", "remove", "del", "delete", "destroy", "drop", "erase", "purge"],
    ["delete", "remove", "revoke", "unset"],
  ),
  ...each(["kick", "ban", "evict", "expel"], ["remove", "revoke"]),
  ...each(["unset", "clear", "reset"], ["unset"]),
  ...each(["revoke", "cancel", "end", "kill", "disable", "terminate"], ["revoke"]),
  ...each(["use", "switch", "select", "choose", "activate"], ["use", "switch"]),
  ...each(["remind", "send", "resend"], ["resend"]),
  ...each(["join", "accept"], ["accept"]),
  ...each(["reject", "refuse", "decline"], ["decline"]),
  ...each(["renew", "roll", "regenerate", "refresh", "extend", "rotate"], ["rotate"]),
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
  ...each(["scopes", "permissions"], "keys create --help"),
  env: "config list",
  ...each(["docs", "documentation"], "open docs"),
  ...each(["man", "manual"], "help --all"),
  ...each(["h", "?", "usage"], "help"),
  ...each(["tasks rename"], "tasks update ID --title TITLE"),
  ...each(["auth list", "auth accounts"], "auth status"),
  ...each(["auth add"], "login"),
  ...each(["auth create"], "signup"),
  ...each(["auth remove", "auth rm"], "logout"),
  ...each(["sessions clear", "sessions revoke-all"], "logout --everywhere"),
  ...each(["workspaces status"], "status"),
  ...each(["tasks move", "tasks mv"], "tasks update ID --project NAME"),
  ...each(
    [
      "tasks status",
      "tasks done",
      "tasks close",
      "tasks complete",
      "tasks finish",
      "tasks start",
      "tasks open",
      "tasks reopen",
    ],
    "tasks update ID --status STATUS",
  ),
  ...each(
    ["members add", "members create", "members new", "members invite", "members join"],
    "invites create EMAIL",
  ),
  ...each(
    [
      "members update",
      "members edit",
      "members change",
      "members set",
      "members set-role",
      "members grant",
      "members promote",
      "members demote",
    ],
    "members role EMAIL ROLE",
  ),
  ...each(["workspaces members", "workspaces users", "workspaces people"], "members list"),
  ...each(["members leave"], "workspaces leave"),
  ...each(["workspaces invite"], "invites create EMAIL"),
  ...each(["invites link", "invites copy"], "invites resend EMAIL"),
  ...each(["workspaces current"], "workspaces get"),
  ...each(["workspaces set"], "workspaces use"),
  ...each(["projects count", "tasks count"], "workspaces get"),
  ...each(
    ["workspaces copy", "workspaces clone", "workspaces move", "workspaces migrate", "workspaces transfer"],
    "workspaces export DIR",
  ),
  ...each(["password new"], "password change"),
  ...each(["tasks history", "tasks log"], "audit list --target task:ID"),
  ...each(["projects history", "projects log"], "audit list --target project:ID"),
  ...exportsOfLists(["tasks", "projects", "members", "invites", "keys", "sessions"]),
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
  own(verbs, word)?.find((verb) => existing.includes(verb));

/** Returns the command line, without `projo`, that these words mean. */
export const phraseMeant = (words: Words): string | undefined => own(phrases, words.join(" "));

/** Without what every object inherits, such as `constructor`. */
const own = <T>(words: Readonly<Record<string, T>>, word: string): T | undefined =>
  Object.hasOwn(words, word) ? words[word] : undefined;

/** A list is exported by the format of its output. */
function exportsOfLists(nouns: Words): Record<string, string> {
  return Object.fromEntries(nouns.map((noun) => [`${noun} export`, `${noun} list --all --format csv`]));
}

/** Returns true for a verb of other programs, which is not a misspelled verb of projo. */
export const isVerb = (word: string): boolean => Object.hasOwn(verbs, word);

function each<T>(keys: Words, value: T): Record<string, T> {
  return Object.fromEntries(keys.map((key) => [key, value]));
}
