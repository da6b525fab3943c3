// The mutants of projo_addressed_invite, which finds the invite that a user can decline.
import type { Workspaces } from "./from-catalogue.ts";
import { lessOf, outside, type SchemaAttack, type SchemaMutant } from "./schema-mutant.ts";

export function addressedInviteMutants({ home }: Workspaces): SchemaMutant[] {
  const userId = home.taskId;
  const guest = (email: string, verified = "now()") =>
    `INSERT INTO users (id, email, password_hash, email_verified_at) VALUES ('${userId}', '${email}', '-', ${verified})`;
  const invite = (change: string) => `UPDATE invites SET ${change} WHERE id = '${home.inviteId}'`;
  const find = (says: string, arrange: string, id = `'${home.inviteId}'`): SchemaAttack => ({
    says,
    arrange: `${invite("token_hash = sha256('token'), mailed_token_hash = sha256('mailed')")}; ${arrange}`,
    enter: outside,
    sql: `SELECT FROM projo_addressed_invite('${userId}', ${id}, NULL)`,
  });
  const byToken = (attack: SchemaAttack, id = "NULL"): SchemaAttack => ({
    ...attack,
    sql: `SELECT FROM projo_addressed_invite('${userId}', ${id}, sha256('token'))`,
  });
  const own = guest("guest@example.com");
  return [
    without(
      "i.email = u.email",
      "the invite is for the address of the user",
      byToken(find("a user finds the invite of another address by its token", guest("eve@example.com"))),
      "true",
    ),
    without(
      "AND (u.email_verified_at IS NOT NULL OR i.mailed_token_hash = a_hash)",
      "the address is verified, or the token is the mailed one",
      byToken(
        find(
          "a user with an unverified address finds an invite by the inviter's token",
          guest("guest@example.com", "NULL"),
        ),
      ),
    ),
    without(
      "AND w.deleted_at IS NULL",
      "the workspace is not deleted",
      find(
        "a user finds an invite to a deleted workspace",
        `${own}; UPDATE workspaces SET deleted_at = now() WHERE id = '${home.id}'`,
      ),
    ),
    without(
      "i.used_at IS NULL AND ",
      "the invite is not used",
      find("a user finds an accepted invite", `${own}; ${invite("used_at = now()")}`),
    ),
    without(
      "i.revoked_at IS NULL AND ",
      "the invite is not revoked",
      find("a user finds a revoked invite", `${own}; ${invite("revoked_at = now()")}`),
    ),
    without(
      " AND i.expires_at > clock_timestamp()",
      "the invite is not expired",
      find("a user finds an expired invite", `${own}; ${invite("expires_at = now()")}`),
    ),
    without(
      "(a_invite IS NULL OR i.id = a_invite)",
      "the id is that of the invite",
      byToken(find("a user finds an invite by its token and another id", own), `'${userId}'`),
      "true",
    ),
    without(
      "(a_hash IS NULL OR i.token_hash = a_hash OR i.mailed_token_hash = a_hash)",
      "the token is that of the invite",
      {
        ...find("a user finds an invite by its id and another token", own),
        sql: `SELECT FROM projo_addressed_invite('${userId}', '${home.inviteId}', sha256('other'))`,
      },
      "true",
    ),
    without(
      "(a_invite IS NOT NULL OR a_hash IS NOT NULL)",
      "the id or the token is given",
      find("a user finds an invite without naming it", own, "NULL"),
      "true",
    ),
    {
      says: "invites: a declined invite is revoked",
      sql: "ALTER TABLE invites DROP CONSTRAINT invites_declined_is_revoked",
      works: [
        {
          says: "a declined invite stays pending",
          enter: `SET LOCAL ROLE projo_tenant; SET LOCAL app.workspace_id = '${home.id}'`,
          sql: `UPDATE invites SET declined_at = now() WHERE id = '${home.inviteId}'`,
        },
      ],
    },
  ];
}

const without = (guard: string, says: string, works: SchemaAttack, rest = ""): SchemaMutant => ({
  says: `projo_addressed_invite: ${says}`,
  sql: lessOf("projo_addressed_invite", guard, rest),
  works: [works],
});
