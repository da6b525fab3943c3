import type { ErasureReport } from "@projostack/api/operator";
import type { Command } from "commander";
import { inOneLine, type AddCommand } from "../../command.ts";
import { asOperator } from "../../operator.ts";

export const addErase: AddCommand = (person, host) =>
  void person
    .command("erase")
    .description("Erase a person permanently. Without --yes, it changes nothing and describes the effects.")
    .argument("<email>", "email address of the account")
    .option("--yes", "erase the person")
    .action((email: string, { yes = false }: { yes?: boolean }, command: Command) =>
      asOperator(host, command, async (db, { erasePerson }) => {
        const report = await erasePerson(db, { email, confirmed: yes });
        const text = report.isErased ? describeErasure(email, report) : describePlan(email, report);
        return { text, data: { email, ...report } };
      }),
    );

const describeErasure = (email: string, { userId, workspaces, changedEntries }: ErasureReport): string =>
  `${email} is erased: account ${userId} has no email address and nobody can sign in to it, ${workspaces.length} memberships ended, and personal data was removed from ${changedEntries} entries and events.`;

const describePlan = (email: string, { userId, workspaces }: ErasureReport): string =>
  `Nothing is changed yet. With --yes, this command does the following, and it cannot be undone:
  - account ${userId} of ${email} loses its email address, its password and its sessions;
  - ${workspaces.length === 0 ? "the account is a member of no workspace" : `its membership ends in ${namesOf(workspaces)}`};
  - pending invites to ${email} are revoked, and mail to this address is deleted;
  - every audit log loses the email address, and the IP addresses and user agents of the person's actions. Each log records this and still verifies.
The data that the person created stays, and the logs still name the actor by id. Backups and exports are unchanged.`;

const namesOf = (workspaces: ErasureReport["workspaces"]): string =>
  workspaces.map(({ id, name }) => `"${inOneLine(name)}" (${id})`).join(", ");
