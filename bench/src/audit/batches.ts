import type { Db } from "@projostack/db";
import { writeGrant, type SeededWorkspace } from "../database/seed-workspaces.ts";
import type { Contender } from "../runner/compare.ts";
import { entryOf } from "./deletions.ts";

export interface Batches {
  readonly name: string;
  readonly db: Db;
  readonly workspace: SeededWorkspace;
  /** The number of entries in one transaction. */
  readonly size: number;
}

/** Appends entries in transactions of `size` entries, one transaction after another. */
export const batches = ({ name, db, workspace, size }: Batches): Contender => ({
  name,
  prepare: async (many) => {
    const all = Array.from({ length: many }, (_, n) => entryOf(workspace, workspace.id, `Write note ${n}`));
    return async () => {
      for (let done = 0; done < many; done += size) {
        const batch = all.slice(done, done + size);
        await db.write(writeGrant(workspace), ({ sql: { audit } }) => audit.append(batch));
      }
    };
  },
});
