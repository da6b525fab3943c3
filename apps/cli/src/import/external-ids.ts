// Derives the externalId of a row. It is the same for the same row of the same file, so that a second import finds the tasks of
// the first.
import { createHash } from "node:crypto";
import { Occurrences } from "./occurrences.ts";

export interface RowIdentity {
  project: string;
  /** The title as it is in the file. A title that is cut later keeps its id. */
  title: string;
  /** The id of the task in the tool that it comes from. */
  id: string;
  /** The externalId that an earlier import wrote into its report. */
  importId: string;
}

export interface RowId {
  externalId: string;
  /** True when an earlier row of the file has the same id. */
  isRepeated: boolean;
}

/**
 * Returns a function for the rows of one file in their order. Rows without an id of their own are told apart by their project,
 * title and number of earlier equal rows.
 */
export function createRowIds(): (row: RowIdentity) => RowId {
  const seen = new Occurrences();
  const count = (key: string): number => seen.count(sha256(key));
  return ({ project, title, id, importId }) => {
    if (/^[0-9a-f]{64}$/.test(importId)) {
      return { externalId: importId, isRepeated: count(JSON.stringify(["import id", importId])) > 1 };
    }
    if (id !== "") {
      const isRepeated = count(JSON.stringify(["id", project, id])) > 1;
      return { externalId: sha256(JSON.stringify(["id", id])).toString("hex"), isRepeated };
    }
    // Programs write accents in two forms. An import of a file that was saved again in the other form finds its tasks.
    const names = [project.normalize("NFC"), title.normalize("NFC")];
    const occurrence = count(JSON.stringify(names));
    const externalId = sha256(JSON.stringify([...names, occurrence])).toString("hex");
    return { externalId, isRepeated: false };
  };
}

const sha256 = (text: string): Buffer => createHash("sha256").update(text).digest();
