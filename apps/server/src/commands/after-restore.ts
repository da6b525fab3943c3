import type { RestoreReport } from "@projostack/api/operator";
import type { Command } from "commander";
import type { AddCommand } from "../command.ts";
import { asOperator } from "../operator.ts";

export const addAfterRestore: AddCommand = (program, host) =>
  void program
    .command("after-restore")
    .description(
      "End all sessions and hold all mails of a database that was restored to an earlier time. Without --yes, it changes nothing and counts them.",
    )
    .option("--yes", "end the sessions and hold the mails")
    .action(({ yes = false }: { yes?: boolean }, command: Command) =>
      asOperator(host, command, async (db, { settleRestore }) => {
        const report = await settleRestore(db, { confirmed: yes });
        return { text: report.isSettled ? describeResult(report) : describePlan(report), data: report };
      }),
    );

const describeResult = ({ sessions, links, mails }: RestoreReport): string =>
  `Ended ${counted(sessions, "session")}, deleted ${counted(links, "mailed link")} and held ${counted(mails, "mail")}. List the held mails with \`projostack mail list\`, and send one with \`projostack mail resend <id>\`.`;

const describePlan = ({ sessions, links, mails }: RestoreReport): string =>
  `Nothing is changed yet. Stop every server, and run this command with --yes on the restored database before a server uses it:
  - ${counted(sessions, "session")} end, because a session that was ended after the backup would be valid again; everybody must sign in again;
  - ${counted(links, "mailed link")} to verify an address or reset a password ${links === 1 ? "is" : "are"} deleted, because a used link would be valid again;
  - ${counted(mails, "mail")} that ${mails === 1 ? "waits" : "wait"} to be sent ${mails === 1 ? "is" : "are"} marked as dead, because a mail that was sent after the backup would be sent twice.`;

const counted = (many: number, noun: string): string => `${many} ${noun}${many === 1 ? "" : "s"}`;
