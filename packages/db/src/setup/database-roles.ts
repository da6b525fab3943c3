import type { Login } from "../login/login.ts";

/** The roles that hold the rights. Nobody logs in as one of them; `docs/reference/database-rights.md` lists their rights. */
export const GROUP_ROLES = ["projo_tenant", "projo_system", "projo_operator"] as const;

export type GroupRole = (typeof GROUP_ROLES)[number];

/** A login to prepare, and the group roles that it may act as. */
export interface PreparedLogin extends Login {
  /** The variable that names the login, for messages. */
  readonly variable: string;
  readonly roles: readonly GroupRole[];
}

/** The login of the server. */
export const serverLogin = (login: Login): PreparedLogin => ({
  ...login,
  variable: "DATABASE_URL",
  roles: ["projo_tenant", "projo_system"],
});

/** The login of the operator's program. A server must not use it. */
export const operatorLogin = (login: Login): PreparedLogin => ({
  ...login,
  variable: "PROJO_OPERATOR_DATABASE_URL",
  roles: GROUP_ROLES,
});
