// Failures of the login: the entry in pg_hba.conf, the user, the password and the database.
import type { ConnectionProblem } from "./connection-problem-row.ts";

export const loginProblems: readonly ConnectionProblem[] = [
  {
    cause: "PostgreSQL accepts only TLS",
    text: /no pg_hba\.conf entry .*(?:no encryption|SSL off)|SSL (?:connection )?(?:is )?required|TLS (?:is )?required|connection is insecure/i,
    says: "PostgreSQL does not accept this login without TLS",
    next: "Add sslmode=verify-full (docs/database.md#tls). If it has no TLS, add the host, user and database to pg_hba.conf.",
  },
  {
    cause: "pg_hba.conf has no entry for the login",
    text: /no pg_hba\.conf entry|pg_hba\.conf rejects/,
    says: "PostgreSQL does not accept this login from this machine",
    next: "Add the host, user and database to pg_hba.conf, or correct them in the address.",
  },
  {
    cause: "the socket expects another user of the machine",
    text: /(?:Peer|Ident) authentication failed/,
    says: "PostgreSQL identifies the login by the user of this process",
    next: "Start the server as that user, or let pg_hba.conf ask for a password.",
  },
  {
    cause: "pg_hba.conf asks for GSSAPI or SSPI",
    text: /authenticationOk message type [26789]$/,
    says: "PostgreSQL asks this login for an authentication that the server does not support, such as GSSAPI",
    next: "Let pg_hba.conf use scram-sha-256 for this login.",
    isComplete: true,
  },
  {
    cause: "the address has no password",
    text: /client password must be a (?:non-empty )?string|empty password returned by client/,
    says: "PostgreSQL requires a password, and the address has none",
    next: "Write it after the user: postgres://user:password@host:5432/projo.",
    isComplete: true,
  },
  {
    cause: "the login may not use the database",
    codes: ["42501"],
    text: /permission denied for database/,
    says: "PostgreSQL refuses the login",
    next: "Grant it CONNECT on the database, or correct the name of the database.",
  },
  {
    cause: "the login does not exist",
    text: /role "[^"]*" does not exist|Tenant or user not found/,
    says: "PostgreSQL refuses the login",
    next: "Correct the user and password, or run `projostack migrate` (docs/database.md).",
  },
  {
    cause: "the password is wrong",
    codes: ["28P01", "28000"],
    says: "PostgreSQL refuses the login",
    next: "Correct the user and password, or run `projostack migrate` (docs/database.md). In an address, write # as %23, / as %2F, ? as %3F, @ as %40, % as %25.",
  },
  {
    cause: "the password is wrong",
    text: /^SASL: |SASL authentication failed|password authentication failed/,
    says: "PostgreSQL refuses the login",
    next: "Correct the user and password. In an address, write # as %23, / as %2F, ? as %3F, @ as %40, % as %25.",
  },
  {
    cause: "the database does not exist",
    codes: ["3D000"],
    next: "Create it, or correct the name.",
  },
  {
    cause: "the database does not exist",
    text: /no such database/,
    says: "the pooler does not know the database",
    next: "Add it to the pooler's configuration, or correct the name.",
  },
];
