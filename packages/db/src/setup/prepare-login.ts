import type pg from "pg";
import type { Login } from "../login/login.ts";
import { operatorLogin, serverLogin, type PreparedLogin } from "./database-roles.ts";
import { prepareRoles } from "./prepare-roles.ts";

/**
 * Creates the server's login if it does not exist, and grants it projo_tenant and projo_system. The login has no other right.
 * @param owner a connection whose login may create roles
 * @throws SetupProblem if it may not
 */
export const prepareLogin = (owner: pg.ClientBase, login: Login): Promise<void> =>
  prepare(owner, serverLogin(login));

/** Creates the operator's login, which also gets projo_operator. A server must not use this login. */
export const prepareOperatorLogin = (owner: pg.ClientBase, login: Login): Promise<void> =>
  prepare(owner, operatorLogin(login));

const prepare = (owner: pg.ClientBase, login: PreparedLogin): Promise<void> =>
  prepareRoles(owner, [login], {
    isPrivate: false,
    trySignIn: async () => undefined,
    hasPassword: async () => false,
    note: () => {},
  });
