import type pg from "pg";

/** The rights of an owner's login, as far as a migration needs them. */
export interface OwnerRights {
  readonly login: string;
  readonly createsRoles: boolean;
  readonly createsTables: boolean;
  /** The roles of the server that do not exist yet. */
  readonly missingRoles: string[];
}

export async function ownerRights(owner: Pick<pg.ClientBase, "query">): Promise<OwnerRights> {
  const { rows } = await owner.query<OwnerRights>(`
    SELECT current_user::text AS login,
           (SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user) AS "createsRoles",
           has_schema_privilege('public', 'CREATE') AS "createsTables",
           array(SELECT name FROM unnest(array['projo_tenant', 'projo_system', 'projo_operator']) AS name
                  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)) AS "missingRoles"`);
  const [rights] = rows;
  if (!rights) throw new Error("The database did not return the rights of the login.");
  return rights;
}
