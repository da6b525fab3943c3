// The mutants of the cap on recorded denials.
import type { Workspaces } from "./from-catalogue.ts";
import { inWorkspace, lessOf, type SchemaAttack, type SchemaMutant } from "./schema-mutant.ts";

const denialBy = (userId: string) =>
  `projo_audit_deny(jsonb_build_object('id', gen_random_uuid(), 'actorKind', 'user', 'actorUserId', '${userId}',
     'action', 'access.denied', 'targetType', 'operation', 'targetId', 'members.remove'))`;

export function denialMutants({ home, foreign }: Workspaces): SchemaMutant[] {
  const deny = (times: number) =>
    `SET LOCAL app.workspace_id = '${home.id}';
     SELECT ${denialBy(home.userId)} FROM generate_series(1, ${times})`;
  const enter = inWorkspace(home.id);

  const beyondCap: SchemaAttack = {
    says: "101 denials of an actor are recorded in an hour",
    arrange: deny(100),
    enter,
    sql: `SELECT WHERE ${denialBy(home.userId)}`,
  };
  const hidden: SchemaAttack = {
    says: "100 denials of an actor prevent recording a denial of another actor",
    arrange: deny(100),
    enter,
    sql: `SELECT WHERE NOT ${denialBy(foreign.userId)}`,
  };
  const uncounted: SchemaAttack = {
    says: "denials beyond the cap are not counted",
    arrange: `${deny(105)}; UPDATE audit_denials SET hour = hour - interval '1 hour'; ${deny(1)}`,
    enter,
    sql: "SELECT WHERE NOT EXISTS (SELECT FROM audit_logs WHERE action = 'access.denials_omitted')",
  };
  const settledTwice: SchemaAttack = {
    says: "the denials of an hour are counted in two entries",
    arrange: `${deny(105)}; UPDATE audit_denials SET hour = hour - interval '1 hour';
      SELECT projo_audit_settle_all(); SET LOCAL app.workspace_id = '${home.id}'; ${deny(1)}`,
    enter,
    sql: "SELECT FROM audit_logs WHERE action = 'access.denials_omitted' OFFSET 1",
  };
  const actor = "coalesce((a_entry ->> 'actorKeyId')::uuid, (a_entry ->> 'actorUserId')::uuid, nobody)";
  const cap = "IF counted.omitted > 0 THEN\n    RETURN false;\n  END IF;";
  const removal = `DELETE FROM public.audit_denials
     WHERE workspace_id = here AND hour < a_hour AND (a_actor IS NULL OR actor_id = a_actor)
    RETURNING *`;
  return [
    { says: "projo_audit_deny: the cap", sql: lessOf("projo_audit_deny", cap), works: [beyondCap] },
    {
      says: "projo_audit_deny: a cap for each actor",
      sql: lessOf("projo_audit_deny", actor, "nobody"),
      works: [hidden],
    },
    {
      says: "projo_audit_deny: the count of omitted denials",
      sql: lessOf("projo_audit_deny", "PERFORM public.projo_audit_settle(this_hour, actor);"),
      works: [uncounted],
    },
    {
      says: "projo_audit_settle: settled counts are removed",
      sql: lessOf(
        "projo_audit_settle",
        removal,
        "SELECT * FROM public.audit_denials WHERE workspace_id = here AND hour < a_hour",
      ),
      works: [settledTwice],
    },
  ];
}
