// What a man page has beside the commands: exit codes, environment variables and files.
import type { Term } from "./describe-program.ts";

export const exitCodes: readonly Term[] = [
  { term: "0", description: "Success." },
  { term: "1", description: "The server refused the command, or something failed." },
  { term: "2", description: "Wrong usage." },
  { term: "4", description: "Not signed in, or the session or the token is no longer valid." },
  { term: "129, 130, 143", description: "Stopped by SIGHUP, by Ctrl-C or by SIGTERM." },
];

export const variables: readonly Term[] = [
  { term: "PROJO_URL", description: "URL of the server. --url takes precedence." },
  { term: "PROJO_ACCOUNT", description: "Email address of the account. --account takes precedence." },
  { term: "PROJO_WORKSPACE", description: "Id or name of the workspace. --workspace takes precedence." },
  {
    term: "PROJO_TOKEN",
    description: "Service key or access token that is used in place of the stored accounts.",
  },
  {
    term: "PROJO_CA_FILE",
    description: "File of certificate authorities to trust too. --ca-file takes precedence.",
  },
  {
    term: "PROJO_TIMEOUT",
    description: "Maximum time to wait for the server, in seconds. --timeout takes precedence.",
  },
  { term: "PROJO_CONFIG_DIR", description: "Directory of credentials.json and config.json." },
  {
    term: "PROJO_COMPLETION_TIMEOUT",
    description: "Seconds for which a completion waits for the server (default: 1).",
  },
  {
    term: "PROJO_PAGER, PAGER",
    description: "Program that shows long lists on a terminal (default: less -FRX). Empty turns it off.",
  },
  { term: "PROJO_DEBUG", description: "If it is 1, an internal error of projo shows its stack." },
  {
    term: "BROWSER",
    description: "Program that opens the pages of projo open. %s in it stands for the URL.",
  },
  {
    term: "NO_COLOR, CLICOLOR, CLICOLOR_FORCE, FORCE_COLOR",
    description: "Turn colours off or on.",
  },
  {
    term: "HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY",
    description: "The proxies for the requests, also in lower case.",
  },
];

export const files: readonly Term[] = [
  {
    term: "~/.config/projo/credentials.json",
    description: "Accounts with their sessions and selected workspaces. Do not copy it to another machine.",
  },
  { term: "~/.config/projo/config.json", description: "Settings of projo config." },
  {
    term: "~/.cache/projo",
    description: "Compiled code, and values of the last completions. You can delete it at any time.",
  },
];
