import type { Command } from "commander";
import type { AddCommand } from "../command.ts";
import { forward } from "../forward.ts";

export const addBackupRole: AddCommand = (program, host) =>
  void program
    .command("backup-role")
    .description(
      "Prepare the role and the login for backups. Reads PROJO_DATABASE_OWNER_URL and PROJO_BACKUP_DATABASE_URL.",
    )
    .option("--policies", "let the role read by policies, where it cannot have BYPASSRLS")
    .action(async ({ policies = false }: { policies?: boolean }, command: Command) => {
      const { backupRoleCommand } = await import("@projostack/db");
      await forward(host, command, ({ args, ...io }) =>
        backupRoleCommand({ ...io, args: [...args, ...(policies ? ["--policies"] : [])] }),
      );
    });
