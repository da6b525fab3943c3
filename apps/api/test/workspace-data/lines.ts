// Lines of an export, as another server wrote them.
import { sample } from "@projostack/contract";
import type { Answer, Person } from "../kit/index.ts";

const times = { createdAt: sample.createdAt, updatedAt: null, version: 1 };
const founder = { createdBy: sample.sourceFounderId, ...times };

export const memberLine = (
  email: string,
  userId: string = sample.sourceFounderId,
  role = "admin",
): object => ({
  id: userId,
  userId,
  email,
  role,
  joinedAt: sample.createdAt,
});

export const projectLine = (id: string, name: string): object => ({ id, name, ...founder });

export const taskLine = (id: string, projectId: string, title: string): object => ({
  id,
  projectId,
  title,
  status: "todo",
  externalId: null,
  ...founder,
});

export const keyLine = (id: string): object => ({
  id,
  name: "nightly",
  role: "admin",
  scopes: ["member:manage"],
  createdBy: sample.sourceFounderId,
  createdAt: sample.createdAt,
  expiresAt: "2126-01-01T00:00:00.000Z",
  rotatedAt: null,
  revokedAt: null,
  lastUsedAt: null,
});

export const inviteLine = (id: string, email: string, more: object = {}): object => ({
  id,
  email,
  role: "admin",
  invitedBy: sample.sourceFounderId,
  invitedByKey: null,
  acceptedBy: null,
  createdAt: sample.createdAt,
  expiresAt: "2126-01-01T00:00:00.000Z",
  usedAt: null,
  revokedAt: null,
  declinedAt: null,
  ...more,
});

export const NO_ROWS = { members: 0, invites: 0, serviceKeys: 0, projects: 0, tasks: 0, history: 0 };

export interface Importer {
  readonly person: Person;
  readonly workspaceId: string;
}

export const start = ({ person, workspaceId }: Importer, manifest: string = sample.hash): Promise<Answer> =>
  person.call("workspaceData.startImport", { sourceId: sample.sourceId, manifest }, workspaceId);

export const send = (
  { person, workspaceId }: Importer,
  file: string,
  rows: readonly object[],
  from = 0,
): Promise<Answer> =>
  person.call(
    "workspaceData.importRows",
    { file, from, lines: rows.map((row) => JSON.stringify(row)) },
    workspaceId,
  );

export const finish = (
  { person, workspaceId }: Importer,
  rows: object,
  createdAt: string = sample.createdAt,
): Promise<Answer> =>
  person.call(
    "workspaceData.finishImport",
    {
      name: "Moved",
      createdBy: sample.sourceFounderId,
      createdAt,
      rows: { ...NO_ROWS, ...rows },
    },
    workspaceId,
  );
