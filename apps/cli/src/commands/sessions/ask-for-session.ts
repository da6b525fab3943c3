import type { Client } from "@projostack/sdk";
import type { Cli } from "../../cli.ts";
import { deviceOf } from "../../names/device-of.ts";
import { shortTime } from "../../terminal/short-time.ts";
import { askForOne } from "../choose.ts";
import type { Needed } from "../missing.ts";

export const askForSession = (cli: Cli): Needed<Client> =>
  askForOne(cli, {
    term: "<id>",
    message: "Which session?",
    none: "There is no session.",
    choices: async ({ sessions }) =>
      (await sessions.list({ limit: 50 })).items.map(({ id, userAgent, lastUsedAt, current }) => ({
        value: id,
        label: `${deviceOf(userAgent)}, last used ${shortTime(lastUsedAt)}${current ? " (this one)" : ""}`,
      })),
  });
