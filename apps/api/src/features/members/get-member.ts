import { Failure } from "../../rpc/failures/failure.ts";
import type { ReadWs } from "../../rpc/ws.ts";
import { toMember } from "./member.ts";

/** Returns a member. @throws Failure member.not_found */
export async function getMember({ db }: ReadWs<"member:read">, { userId }: { userId: string }) {
  const found = await db.sql.members.find(userId);
  if (!found) throw new Failure("member.not_found");
  return toMember(found);
}
