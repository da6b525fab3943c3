import { lastChangeOf } from "../../rpc/last-change-of.ts";

interface ProjectRow {
  readonly id: string;
  readonly name: string;
  readonly createdBy: string;
  readonly createdAt: Date;
  /** Null until the first change. */
  readonly updatedAt: Date | null;
  readonly version: number;
}

export const toProject = ({ id, name, createdBy, createdAt, updatedAt, version }: ProjectRow) => ({
  id,
  name,
  createdBy,
  createdAt: createdAt.toISOString(),
  updatedAt: lastChangeOf({ createdAt, updatedAt }).toISOString(),
  version,
});
