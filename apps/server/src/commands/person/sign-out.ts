import type { Command } from "commander";
import { counted, type AddCommand } from "../../command.ts";
import { asOperator } from "../../operator.ts";

export const addSignOut: AddCommand = (person, host) =>
  void person
    .command("sign-out")
    .description("End every session of a person, who can sign in again.")
    .argument("<email>", "email address of the account")
    .action((email: string, _options: unknown, command: Command) =>
      asOperator(host, command, async (db, { signOutPerson }) => {
        const endedSessions = await signOutPerson(db, email);
        return {
          text: `Ended ${counted(endedSessions, "session")} of ${email}. Their tokens are refused from the next request on.`,
          data: { email, endedSessions },
        };
      }),
    );
