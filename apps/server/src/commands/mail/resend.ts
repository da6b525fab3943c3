import type { Command } from "commander";
import { counted, UsageError, type AddCommand } from "../../command.ts";
import { asOperator } from "../../operator.ts";

export const addResendMail: AddCommand = (mail, host) =>
  void mail
    .command("resend")
    .description("Send a dead or sent mail again, or every dead mail.")
    .argument("[id]", "id of the mail, which `projostack mail list` shows")
    .option("--all-dead", "send every dead mail again")
    .action(async (id: string | undefined, { allDead = false }: { allDead?: boolean }, command: Command) => {
      const { UUID } = await import("@projostack/db");
      if ((id === undefined) !== allDead || (id !== undefined && !UUID.test(id)))
        throw new UsageError("Give the id of the mail, which `projostack mail list` shows, or --all-dead.");
      await asOperator(host, command, async (db, { resendDead, resendMail }) => {
        if (id === undefined) {
          const queued = await resendDead(db);
          return {
            text: `${counted(queued, "mail")} will be sent again within seconds while a server runs.`,
            data: { queued },
          };
        }
        await resendMail(db, id);
        return {
          text: "The mail will be sent again within seconds while a server runs.",
          data: { queued: 1, id },
        };
      });
    });
