// Mutants of the check that a write is acknowledged only after its COMMIT.
import { eventually } from "../../../kit/index.ts";
import { rowExists, team } from "../../attackers.ts";
import { guard, type Attack, type Mutant } from "../../mutant.ts";

const acknowledgesRefusedCommit: Attack = {
  title: "a write is acknowledged although its COMMIT failed",
  tryOn: async (server) => {
    const { owner } = server.database;
    const { admin, id } = await team(server);
    // A server without the check answers before the workspace is there.
    await eventually(() => rowExists(server, "SELECT FROM workspaces WHERE id = $1", [id]));
    // A deferred constraint is checked at the COMMIT, when all statements have succeeded. The check takes longer than an answer that
    // does not wait for it.
    await owner(`
      CREATE FUNCTION refuse_commit() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_sleep(0.5); RAISE EXCEPTION 'refused at the COMMIT'; END $$;
      CREATE CONSTRAINT TRIGGER refuse_commit AFTER INSERT ON projects DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW WHEN (NEW.name = 'Refused') EXECUTE FUNCTION refuse_commit()`);
    try {
      return (await admin.call("projects.create", { name: "Refused" }, id)).status === 200;
    } finally {
      await owner("DROP TRIGGER refuse_commit ON projects; DROP FUNCTION refuse_commit()");
    }
  },
};

const awaitedCommit = guard(
  "a write waits for the answer to its COMMIT",
  "packages/db/src/scope/scoped-connection.ts",
  ["if (!isReadOnly(this.#scope)) return finished;", ""],
);

export const durability: readonly Mutant[] = [
  { removed: [awaitedCommit], succeeds: [acknowledgesRefusedCommit] },
];
