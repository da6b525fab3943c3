import { createHash } from "node:crypto";
import pg from "pg";
import { verifierLiteral } from "../login/scram-verifier.ts";
import type { PreparedLogin } from "./database-roles.ts";
import type { DatabaseFacts } from "./read-facts.ts";
import type { Requirement } from "./requirements.ts";

/**
 * The statements for an administrator, as a script for psql or any other client. It can be run again. It contains no password:
 * a SCRAM verifier cannot be used to sign in.
 */
export function administratorSql(
  { database, owner }: Pick<DatabaseFacts, "database" | "owner">,
  requirements: readonly Requirement[],
  logins: readonly PreparedLogin[],
): string {
  const isUnsafe = requirements.some(({ isTried }) => !isTried);
  const others = requirements.filter(({ creates }) => creates === undefined);
  const statements = [...creation(requirements, logins), ...others.map(({ sql }) => `${sql};`)];
  return [
    `-- Roles and rights for ProjoStack in the database ${inComment(database)}, owned by ${inComment(owner)}.`,
    "-- Run this as an administrator, connected to that database. You can run it again.",
    ...(isUnsafe
      ? [
          "-- If another program uses one of these roles, do not change the role: name another one in the variable.",
        ]
      : []),
    ...(statements.some((statement) => statement.includes("SCRAM-SHA-256$"))
      ? [
          "-- A SCRAM verifier stands for the password of a login. If the service accepts only a password, set the",
          "-- password of the login in the console of the service, to the one in the variable.",
        ]
      : []),
    "",
    ...statements,
    "",
  ].join("\n");
}

/** CREATE ROLE has no IF NOT EXISTS. @returns one statement that creates all roles that are missing; none if there are none */
function creation(requirements: readonly Requirement[], logins: readonly PreparedLogin[]): string[] {
  const steps = requirements.flatMap(({ sql, creates }) => {
    if (creates === undefined) return [];
    const password = logins.find(({ user }) => user === creates)?.password;
    const withPassword = password === undefined ? "" : ` PASSWORD ${verifierLiteral(password)}`;
    return `  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = ${pg.escapeLiteral(creates)}) THEN
    ${sql}${withPassword};
  END IF;`;
  });
  if (steps.length === 0) return [];
  const body = `BEGIN\n${steps.join("\n")}\nEND`;
  const quote = body.includes("$$")
    ? `$${createHash("sha256").update(body).digest("hex").replace(/^\d*/, "")}$`
    : "$$";
  return [`DO ${quote}\n${body}\n${quote};`];
}

const inComment = (text: string): string => text.replaceAll(/\s+/g, " ");
