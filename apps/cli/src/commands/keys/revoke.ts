import type { Command } from "commander";
import type { Start } from "../../cli.ts";
import { examples } from "../../examples.ts";
import { findKey } from "../../names/find-key.ts";
import { askForKey } from "../choose.ts";
import { confirm, listTargets, YES } from "../confirm.ts";
import { count } from "../count.ts";
import { askMissingOne } from "../missing.ts";
import { doForEach } from "../several.ts";

export function addRevokeKey(keys: Command, start: Start): void {
  keys
    .command("revoke")
    .aliases(["rm", "delete"])
    .description("Revoke service keys immediately and permanently.")
    .argument("[id-or-name...]", "ids or names; - reads them from standard input")
    .option(...YES)
    .addHelpText("after", examples(["projo keys revoke deploy", "projo keys revoke deploy --yes"]))
    .action(async (texts: string[], { yes }: { yes?: boolean }, command: Command) => {
      const cli = start(command);
      const open = async () => (await cli.server()).workspace();
      const given = await askMissingOne(cli, { command, open }, texts, askForKey(cli));
      const workspace = await open();
      await doForEach(cli, given, {
        noun: "service key",
        done: "revoked",
        find: (text) => findKey(workspace, text),
        async confirm(targets) {
          const names = targets.map(({ name }) => name);
          if (!yes) listTargets(cli, names);
          const isOne = names.length === 1;
          await confirm(cli, {
            yes,
            action: `revoke ${isOne ? `the service key ${names[0]}` : count(names.length, "service key")}`,
            consequence: `Programs that use ${isOne ? "it" : "them"} lose access immediately.`,
            refused: "Nothing was revoked.",
          });
        },
        act: ({ id }) => workspace.serviceKeys.revoke({ id }),
        print: (_revoked, { name }) => cli.message(`Revoked the service key ${name}: it no longer works.`),
      });
    });
}
