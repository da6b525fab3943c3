import type { OpenWork } from "@projostack/db";
import { newInviteTokens } from "../../identity/tokens/invite-tokens.ts";
import { Failure } from "../../rpc/failures/failure.ts";
import type { Services } from "../../rpc/services.ts";
import type { Ws } from "../../rpc/ws.ts";
import { authorsOf } from "./authors.ts";
import { toProgress, type FileName } from "./import-progress.ts";

export interface FinishImport {
  readonly name: string;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly rows: Readonly<Record<FileName, number>>;
}

/**
 * Completes an import. Members of the exported workspace who are not members here get invites, which are not sent yet.
 * @throws Failure import.not_running, import.incomplete
 */
export async function finishImport(
  ws: Ws<"workspace:manage">,
  services: Services,
  { rows, ...workspace }: FinishImport,
): Promise<OpenWork> {
  const { imports } = ws.db.sql;
  const found = await imports.find();
  if (!found) throw new Failure("import.not_running");
  const progress = toProgress(found);
  if (Object.entries(progress).some(([file, lines]) => lines !== rows[file as FileName]))
    throw new Failure("import.incomplete");
  if (!found.isFinished) await complete(ws, services, workspace);
  const work = await imports.openWork();
  ws.audit("workspace.imported", { type: "workspace", id: ws.id, after: { ...progress } });
  return work;
}

async function complete(
  ws: Ws<"workspace:manage">,
  services: Services,
  workspace: Omit<FinishImport, "rows">,
): Promise<void> {
  const { imports } = ws.db.sql;
  const authors = await authorsOf({ ws }, [workspace.createdBy]);
  await imports.finish(workspace, authors.get(workspace.createdBy) ?? ws.grant.userId);
  const reopened = new Set(await imports.reopenInvites());
  const absent = (await imports.absentMembers()).filter(({ email }) => !reopened.has(email));
  if (absent.length > 0)
    await imports.insertInvites(
      absent.map((member) => unsent(ws, services, member)),
      ws.grant.userId,
    );
}

function unsent(
  ws: Ws<"workspace:manage">,
  { keys, randomness }: Services,
  { email, role }: { readonly email: string; readonly role: string },
) {
  const id = ws.newId();
  const { tokenHash, mailedTokenHash } = newInviteTokens(keys, randomness, id);
  const hashes = { tokenHash: tokenHash.toString("hex"), mailedTokenHash: mailedTokenHash.toString("hex") };
  return { id, email, role, ...hashes };
}
