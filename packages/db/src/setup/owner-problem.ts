// Describes, in one line, why the owner could not connect to the database or lost the connection.
import pg from "pg";

/** @param variable the variable with the owner's address @param user the owner @param error of the connection or a statement */
export function ownerProblem(variable: string, user: string, error: unknown): string {
  // If a host name has several addresses and none answers, Node's AggregateError has no message: use its first error.
  const [first = error] = error instanceof AggregateError ? (error.errors as unknown[]) : [];
  const message = (first instanceof Error ? first.message : String(first)).replaceAll(/\s*\n\s*/g, " ");
  const code = first instanceof Error && "code" in first ? String(first.code) : "";
  return `${variable}: ${message}. ${nextStep(code, { message, user })}`;
}

function nextStep(code: string, { message, user }: { message: string; user: string }): string {
  const database = /database "([^"]+)"/.exec(message)?.[1];
  switch (code) {
    case "3D000":
      return `Correct the name, or let an administrator create the database: CREATE DATABASE ${pg.escapeIdentifier(database ?? "projo")} OWNER ${pg.escapeIdentifier(user)} ENCODING 'UTF8' TEMPLATE template0;`;
    case "28P01":
      return "Correct the user and the password. Percent-encode characters such as # / % @ : in the password.";
    case "28000":
      return "PostgreSQL does not let this user log in from here: correct the user, or the rules in pg_hba.conf.";
    case "42501":
      return "Use the login that owns the database, or let an administrator grant the right.";
    case "53300":
      return "Close connections of other programs, or raise max_connections, then run `pnpm db:migrate` again.";
    case "25006":
      return "Use the address of the primary server.";
    case "08P01":
      return "If a connection pooler answers there, use the address of PostgreSQL itself.";
    default:
      return defaultStep(code, message);
  }
}

function defaultStep(code: string, message: string): string {
  if (["ECONNREFUSED", "ENOENT", "ENOTFOUND", "EAI_AGAIN", "ETIMEDOUT", "EHOSTUNREACH"].includes(code)) {
    return "No PostgreSQL answers there: start it, or correct the host and the port.";
  }
  if (/certificate|SELF_SIGNED|ALTNAME/i.test(`${code} ${message}`)) {
    return "Name the file of the certificate authority with sslrootcert (docs/database.md#tls).";
  }
  if (message.includes("does not support SSL")) {
    return "Enable TLS in PostgreSQL, or append sslmode=disable for a network that you trust (docs/database.md#tls).";
  }
  return "Run `pnpm db:migrate` again: it continues where it stopped.";
}
