// The commands of operators, as functions on a database. They use a separate database login with rights that the server does
// not have.
export { CommandRefused } from "./operator/command-refused.ts";
export { erasePerson, type ErasureReport } from "./operator/erase-person.ts";
export { listMails, resendDead, resendMail, type QueuedMail } from "./operator/mails.ts";
export { settleRestore, type RestoreReport } from "./operator/settle-restore.ts";
export { signOutPerson } from "./operator/sign-out-person.ts";
export {
  deleteWorkspace,
  findWorkspace,
  listWorkspaces,
  restoreWorkspace,
  type WorkspaceDeletion,
  type WorkspaceDetails,
  type WorkspaceSummary,
} from "./operator/workspaces.ts";
export { withOperatorDatabase } from "./operator/with-operator-database.ts";
export { mailStatuses, type MailStatus } from "@projostack/db";
