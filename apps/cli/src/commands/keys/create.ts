import type { Permission, Role } from "@projostack/sdk";
import { type Command, Option } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { roleOption } from "../role.ts";
import { daysOption } from "./options.ts";
import { printShownKey } from "./print-shown.ts";
import { parseScopes, scopes as known } from "./scopes.ts";

interface CreateOptions {
  scopes: Permission[];
  role?: Role;
  days?: number;
}

export function addCreateKey(keys: Command, start: Start): void {
  keys
    .command("create")
    .description("Make a key by which another service acts in the workspace. Prints its token.")
    .argument("<name>")
    .addOption(
      new Option("--scopes <scopes>", "what it may do, with commas between")
        .argParser(parseScopes)
        .makeOptionMandatory(),
    )
    .addOption(roleOption("its role, which bounds the scopes (default: member)"))
    .addOption(daysOption())
    .addHelpText("after", `\nScopes:\n${known.map((scope) => `  ${scope}`).join("\n")}`)
    .addHelpText(
      "after",
      examples([
        "projo keys create deploy --scopes task:read,task:write",
        "projo keys create report --role viewer --scopes task:read --days 30 > token.txt",
      ]),
    )
    .action(async (name: string, { scopes, role, days }: CreateOptions, command: Command) => {
      const cli = start(command);
      const workspace = await (await cli.server()).workspace();
      const key = await workspace.serviceKeys.create({ name, scopes, role, expiresInDays: days });
      printShownKey(cli, key, `Made the service key ${key.name} (${key.id}).`);
    });
}
