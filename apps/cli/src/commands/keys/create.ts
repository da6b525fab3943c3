import type { Permission, Role } from "@projostack/sdk";
import { type Command, Option } from "commander";
import { permissions } from "../../generated/permissions.ts";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { askForText } from "../choose.ts";
import { askMissing } from "../missing.ts";
import { roleOption } from "../role.ts";
import { daysOption } from "./options.ts";
import { printKeyWithToken } from "./print-key.ts";
import { collectScopes, parseScopes } from "./scopes.ts";

interface CreateOptions {
  scopes?: Permission[];
  role?: Role;
  days?: number;
}

export function addCreateKey(keys: Command, start: Start): void {
  keys
    .command("create")
    .alias("new")
    .description("Create a service key, with which a program acts in the workspace. Prints its token.")
    .argument("[name]")
    .addOption(
      new Option("--scopes <scopes>", "permissions of the key, separated by commas").argParser(collectScopes),
    )
    .addOption(roleOption("role of the key, which limits its scopes (default: member)"))
    .addOption(daysOption("90"))
    .addHelpText("after", `\nScopes:\n${permissions.map((scope) => `  ${scope}`).join("\n")}`)
    .addHelpText(
      "after",
      examples([
        "projo keys create deploy --scopes task:read,task:write",
        "projo keys create report --role viewer --scopes task:read --days 30 > token.txt",
      ]),
    )
    .action(async (given: string | undefined, options: CreateOptions, command: Command) => {
      const cli = start(command);
      const open = async () => (await cli.server()).workspace();
      const answers = await askMissing(
        cli,
        { command, open },
        {
          name: [given, askForText(cli, "<name>", "Name of the service key")],
          scopes: [
            options.scopes?.join(),
            askForText(cli, "--scopes <scopes>", "Scopes, separated by commas"),
          ],
        },
      );
      const { role, days } = options;
      const { name } = answers;
      const scopes = parseScopes(answers.scopes);
      const workspace = await open();
      const key = await workspace.serviceKeys.create({ name, scopes, role, expiresInDays: days });
      printKeyWithToken(cli, key, `Created the service key ${key.name} (${key.id}).`);
    });
}
