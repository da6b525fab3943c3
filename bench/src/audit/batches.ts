import type { Db } from "@projostack/db";
import { writeGrant, type Planted } from "../database/plant-workspaces.ts";
import type { Contender } from "../runner/compare.ts";
import { entryOf } from "./deletions.ts";

export interface Batches {
  readonly name: string;
  readonly db: Db;
  readonly place: Planted;
  /** Entries in one transaction. */
  readonly size: number;
}

/** Appends entries, so many to a transaction, one transaction after another. */
export const batches = ({ name, db, place, size }: Batches): Contender => ({
  name,
  prepare: async (many) => {
    const all = Array.from({ length: many }, (_, n) => entryOf(place, place.id, `Write note ${n}`));
    return async () => {
      for (let done = 0; done < many; done += size) {
        const batch = all.slice(done, done + size);
        await db.write(writeGrant(place), ({ sql: { audit } }) => audit.append(batch));
      }
    };
  },
});
